/** Turns whatever was thrown into the event that ends a build. */
import {
  type BuildError,
  type Diagnostic,
  exitCodeInStage,
  isBuildError,
  toDiagnostic,
} from '../errors/index.js'
import type { BuildEvent } from '../events/index.js'
import { fileOperationFailed, type NodeError } from '../system/index.js'
import { interrupted } from './errors.js'
import { locateDiagnostic, type SourceTexts } from './locate-diagnostics.js'

type Failed = Extract<BuildEvent, { type: 'build-failed' }>

/** The error as a BuildError where it is one, or one of the operating system's; everything else is a bug of ours. */
export function asBuildError(error: unknown): BuildError | undefined {
  if (isBuildError(error)) return error
  const { syscall, code, path } = error as NodeError & { syscall?: string; path?: string }
  if (error instanceof Error && syscall !== undefined && code !== undefined) {
    return fileOperationFailed(syscall, path ?? 'a file', error)
  }
  return undefined
}

/** The event for a failure, with its exit code and every place looked up. */
export function failureEvent(
  error: unknown,
  output: string | undefined,
  options: {
    readonly sources: SourceTexts
    readonly signal: AbortSignal
    /** The stage that was running; a failure may belong to another one. */
    readonly stage?: string | undefined
  },
): Failed {
  const known = options.signal.aborted ? interrupted() : asBuildError(error)
  const of = output === undefined ? {} : { output }
  if (known === undefined) return { type: 'build-failed', ...of, ...bugFacts(error) }
  const all: readonly Diagnostic[] = known.diagnostics.length > 0 ? known.diagnostics : [toDiagnostic(known)]
  return {
    type: 'build-failed',
    ...of,
    code: known.code,
    message: known.message,
    ...(known.hint !== undefined && { hint: known.hint }),
    diagnostics: all.map((diagnostic) => locateDiagnostic(diagnostic, options.sources)),
    ...(known.details && { details: known.details }),
    exitCode: exitCodeInStage(known.code, known.stage ?? options.stage),
  }
}

function bugFacts(error: unknown) {
  const message = error instanceof Error ? error.message : String(error)
  const stack = error instanceof Error ? (error.stack ?? '') : ''
  return { code: 'bug' as const, message, diagnostics: [], details: { stack }, exitCode: 1 }
}
