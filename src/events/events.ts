/** Everything krait says while it works: one union of flat, plain objects in the past tense, without prose. */
import type { Diagnostic, ErrorCode, Warning } from '../errors/index.js'
import type { Json } from '../text/index.js'

/** A place that is looked up already, so that no subscriber has to read files. */
export interface ShownPlace {
  /** `file:line:column`. */
  readonly location?: string
  /** The lines around it with a marker, plain text. */
  readonly frame?: string
}

export interface ShownDiagnostic extends Diagnostic, ShownPlace {}

/** The stages a build goes through, in order; `engine/pipeline.ts` runs them. */
export type StageName =
  | 'load'
  | 'render'
  | 'plan'
  | 'solve'
  | 'install'
  | 'sources'
  | 'script'
  | 'package'
  | 'test'
  | 'index'

/** `output` is always the identifier `name-version-build` of the output an event belongs to. */
export type BuildEvent =
  | {
      readonly type: 'run-started'
      /** Version of krait. */
      readonly version: string
      readonly recipe: string
      readonly platform: string
      readonly outputs: number
      /** How many outputs are built at the same time, when it is more than one. */
      readonly jobs?: number
    }
  | {
      readonly type: 'output-started'
      readonly output: string
      readonly name: string
      readonly version: string
      readonly build: string
      readonly variant: { readonly [key: string]: Json }
      readonly index: number
      readonly count: number
    }
  | { readonly type: 'stage-started'; readonly stage: StageName; readonly output: string }
  | {
      readonly type: 'stage-finished'
      readonly stage: StageName
      readonly output: string
      readonly ms: number
      /** Facts for the summary line of the stage, for example `{ files: 4 }`; numbers carry their unit in the key. */
      readonly facts: { readonly [key: string]: Json }
    }
  | {
      readonly type: 'spec-resolved'
      readonly output: string
      readonly environment: 'build' | 'host' | 'test'
      readonly spec: string
      readonly record: string
    }
  | {
      /** Long work moved on; `total` is absent while it is unknown. */
      readonly type: 'progress'
      readonly output?: string
      readonly stage: StageName
      readonly action: 'download' | 'extract' | 'compress' | 'index' | 'link' | 'hash'
      readonly subject: string
      readonly done: number
      readonly total?: number
      readonly unit: 'bytes' | 'files'
    }
  | {
      readonly type: 'prefix-linked'
      readonly output: string
      readonly prefix: string
      readonly packages: number
      readonly files: number
      readonly linked: number
    }
  | {
      /** The end of a call that makes an environment; `planned` for a dry run. */
      readonly type: 'environment-ready'
      readonly prefix: string
      readonly action: 'created' | 'updated' | 'reused' | 'planned'
      /** All that are in it. */
      readonly packages: number
      readonly added: number
      readonly removed: number
      /** The same before and after, but placed again. */
      readonly relinked: number
      readonly ms: number
    }
  | {
      /** In a `--dirty` build: what became of one layer of the build before, and why. */
      readonly type: 'layer-judged'
      readonly output: string
      /** What the build before gave: all of it, one part, or one step of the script by its number from 0. */
      readonly layer:
        | 'all'
        | 'sources'
        | 'build env'
        | 'host env'
        | 'script'
        | `step ${number}`
        | 'package'
        | 'tests'
      /** `reuse`, or what is done instead. */
      readonly action: 'reuse' | 'discard' | 'fetch' | 'sync' | 'install' | 'update' | 'run' | 'write'
      /** For people. */
      readonly reason: string
      /** Files, variables or packages that are the cause. */
      readonly changes: readonly string[]
    }
  | {
      readonly type: 'source-fetched'
      readonly output: string
      readonly source: string
      readonly from: 'cache' | 'network' | 'disk'
      readonly files: number
    }
  | {
      readonly type: 'patch-applied'
      readonly output: string
      readonly patch: string
      readonly hunks: number
      readonly fuzzed: number
    }
  | {
      /** One line a child process wrote, already masked and shortened (`$PREFIX`). */
      readonly type: 'script-line'
      readonly output: string
      readonly phase: 'build' | 'test'
      readonly stream: 'stdout' | 'stderr'
      readonly text: string
    }
  | {
      readonly type: 'file-packaged'
      readonly output: string
      readonly path: string
      readonly sizeBytes: number
      readonly placeholder?: 'text' | 'binary'
    }
  | {
      readonly type: 'artifact-written'
      readonly output: string
      readonly path: string
      readonly sizeBytes: number
      readonly sha256: string
      readonly files: number
    }
  | { readonly type: 'test-started'; readonly output: string; readonly kind: string; readonly title: string }
  | {
      readonly type: 'test-finished'
      readonly output: string
      readonly kind: string
      readonly title: string
      readonly ms: number
    }
  | {
      readonly type: 'channel-indexed'
      readonly channel: string
      readonly subdir: string
      readonly records: number
    }
  | { readonly type: 'output-finished'; readonly output: string; readonly path: string; readonly ms: number }
  | {
      readonly type: 'output-skipped'
      readonly output: string
      readonly reason: string
      /** The output whose failure is the reason. */
      readonly cause?: string
    }
  | ({ readonly type: 'warning'; readonly output?: string } & Warning & ShownPlace)
  | {
      /** Something worth a line that is neither progress nor a doubt; `code` names the message in report/. */
      readonly type: 'note'
      readonly output?: string
      readonly text: string
    }
  | {
      readonly type: 'build-failed'
      readonly output?: string
      readonly code: ErrorCode | 'bug'
      readonly message: string
      readonly hint?: string
      readonly diagnostics: readonly ShownDiagnostic[]
      readonly details?: { readonly [key: string]: Json }
      readonly exitCode: number
    }
  | {
      readonly type: 'run-finished'
      readonly built: number
      readonly failed: number
      /** Outputs that were not built because their packages existed; absent when there are none. */
      readonly present?: number
      /** Outputs that were not built because another one failed; absent when there are none. */
      readonly skipped?: number
      /** Outputs that were not started, or not tested, when the run ended early; absent when there are none. */
      readonly left?: number
      /** The same call goes on with the rest, and `--resume` is not possible; absent when nothing is left. */
      readonly isDirty?: true
      /** The user ended the run; absent otherwise. */
      readonly isInterrupted?: true
      /** Outputs that failed, with those that were skipped for each; absent when the run has one output. */
      readonly failures?: readonly { readonly output: string; readonly skipped: readonly string[] }[]
      /** How many of the built ones were tested. */
      readonly tested: number
      /** Directory of the local channel. */
      readonly channel: string
      readonly artifacts: readonly { readonly path: string; readonly sizeBytes: number }[]
      readonly ms: number
    }

/** Says that something happened. Logic never prints; it emits. */
export type Emit = (event: BuildEvent) => void
