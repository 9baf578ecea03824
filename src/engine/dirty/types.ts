/** What a `--dirty` build is asked to do, and what it remembers between two runs. */
import type { BuildEvent } from '../../events/index.js'
import type { FetchedSource } from '../../stages/fetch-sources/index.js'
import type { ScriptResult } from '../../stages/run-script/index.js'
import type { SolvedEnvironments } from '../../stages/solve-environments/index.js'
import type { TestedPlan } from '../../stages/test-package/index.js'
import type { Artifact } from '../../stages/write-package/index.js'
import type { Contents, Marks } from './marks.js'
import type { ContentMap } from './plan-sync.js'

/** The steps of a build in their order; each one can be the first that is run again. */
export const dirtySteps = ['sources', 'env', 'script', 'package', 'test'] as const
export type DirtyStep = (typeof dirtySteps)[number]

export interface DirtyOptions {
  /** From here on nothing is reused, whatever could be proven. */
  readonly from: DirtyStep | undefined
  /** The caller chose the timestamp of the package; else it differs from run to run and does not count. */
  readonly isTimestampGiven: boolean
  /** Nothing may be fetched: the packages of the last run are taken again when what is asked for is the same. */
  readonly isOffline: boolean
  /** The package goes to the output directory itself; it is marked all the same. */
  readonly intoChannel: boolean
  /** Scripts run over what they left in the host prefix, and nothing is packaged. */
  readonly keepsPrefix: boolean
  /** Names of the packages that are built in the same run: they are taken from the channel of dirty packages. */
  readonly siblings: ReadonlySet<string>
}

/** What a call without any of the options asks for. */
export const noDirtyOptions: Omit<DirtyOptions, 'siblings'> = {
  from: undefined,
  isTimestampGiven: false,
  isOffline: false,
  intoChannel: false,
  keepsPrefix: false,
}

/** A doubt, as the event tells it. */
export type Warned = Extract<BuildEvent, { type: 'warning' }>

/** What becomes of one layer, and why: what the event tells of it. */
export type Verdict = Omit<Extract<BuildEvent, { type: 'layer-judged' }>, 'type' | 'output'>

/** Of everything that is fingerprinted. */
export type Layer = Verdict['layer']

/** Facts without which nothing else can be compared. */
export interface ToolFacts {
  readonly schema: number
  readonly version: string
  readonly platform: string
  /** Real path of the build directory: prefixes hold it. */
  readonly directory: string
  readonly user: number | undefined
  readonly recipe: string
}

/** A prefix right after packages were installed. */
export interface PrefixMemory {
  /** One line for each package, sorted by name. */
  readonly records: readonly string[]
  readonly marks: Marks
}

/** The sources as they came, and the work directory when they had come or the script had ended. */
export interface SourcesMemory {
  /** One fingerprint for each rendered source, patches left out. */
  readonly entries: readonly string[]
  /** Content hashes of patches by source, in order. */
  readonly patches: readonly (readonly string[])[]
  /** What path sources were copied from, by absolute path. */
  readonly origins: Marks
  readonly fetched: readonly FetchedSource[]
  /** Content by path in the work directory, as the sources brought it. */
  readonly baseline: ContentMap
  /** The same paths as the script found them, which is not the same where people had edited. */
  readonly begun: Contents
  /** And as it left them; absent when it did not end. */
  readonly left?: Contents | undefined
  /** Commits and tags of repositories, as the script found them. */
  readonly git: ContentMap
  /** The whole work directory as the script left it. */
  readonly tree?: Marks | undefined
}

/** What a script was given, in a form that tells differences and no values. */
export interface ScriptMemory {
  /** Hash of each section's text, by what messages call it. */
  readonly sections: Readonly<Record<string, string>>
  /** Keyed hashes of variables and secrets. */
  readonly variables: Readonly<Record<string, string>>
  readonly secrets: readonly string[]
  readonly interpreters: Readonly<Record<string, string>>
  /** Names of the steps at the beginning whose results last; never the last step. */
  readonly reusable: readonly string[]
  /** Files beside the recipe. */
  readonly recipe: Contents
  /** The host prefix as each of the reusable steps left it, as far as they came. */
  readonly steps?: readonly Marks[] | undefined
  /** The host prefix held what an earlier run of it had left. */
  readonly isUnclean?: boolean | undefined
  /** Absent while it runs, and when it failed. */
  readonly result?: ScriptResult['script'] | undefined
  /** The host prefix as the script left it. */
  readonly prefix?: Marks | undefined
}

export interface PackageMemory {
  readonly fingerprint: string
  readonly artifact: Artifact
  /** What packaging had doubts about; masked. */
  readonly warnings: readonly Warned[]
  /** Absent as long as the tests have not passed. */
  readonly tests?: TestedPlan['tests'] | undefined
}

/** `<build directory>/.build/state.json`. Holds no value of any variable. */
export interface DirtyState {
  readonly tool: ToolFacts
  /** What the last run was doing when it ended; `done` when it ended well. */
  readonly phase: 'environments' | 'sources' | 'script' | 'package' | 'done'
  /** For keyed hashes, in hexadecimal. */
  readonly key: string
  /** What the last run solved, and what it had been asked for. */
  readonly solved?: { readonly asked: string; readonly environments: SolvedEnvironments } | undefined
  /** A file name or a link held a secret, so nothing else is noted. */
  readonly isSecretNamed?: boolean | undefined
  readonly prefixes: { readonly build?: PrefixMemory | undefined; readonly host?: PrefixMemory | undefined }
  readonly sources?: SourcesMemory | undefined
  readonly script?: ScriptMemory | undefined
  readonly package?: PackageMemory | undefined
}
