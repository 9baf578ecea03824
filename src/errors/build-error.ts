/** The one error class: everything a person or a script needs to act on a mistake. */
import type { Json, Span } from '../text/index.js'
import type { ErrorCode } from './exit-codes.js'

/** What a `warning` event says; made by factories in `errors.ts`, like errors. */
export interface Warning {
  readonly code: ErrorCode
  /** What happened, the offending value in backticks; one line, no full stop. */
  readonly message: string
  readonly span?: Span
  /** Short text beside the marker in the code frame, for example "did you mean `x`?". */
  readonly label?: string
  /** What to do about it. */
  readonly hint?: string
  /** Other places that take part in it. */
  readonly related?: readonly RelatedPlace[]
}

/** One mistake or doubt about a text, with the place it is about. */
export interface Diagnostic extends Warning {
  readonly severity: 'error' | 'warning'
}

/** A place that takes part in a mistake, with the text beside its marker. */
export interface RelatedPlace {
  readonly span: Span
  readonly label: string
}

export interface BuildErrorOptions {
  readonly code: ErrorCode
  readonly span?: Span | undefined
  readonly label?: string | undefined
  readonly hint?: string | undefined
  readonly related?: readonly RelatedPlace[] | undefined
  readonly cause?: unknown
  /** Facts for machines; goes into the event log and `--json`. */
  readonly details?: { readonly [key: string]: Json } | undefined
  /** The stage that the failure belongs to, when that is not the one that ran last. */
  readonly stage?: string | undefined
  /** All mistakes of a file, when there can be several; the message then only counts them. */
  readonly diagnostics?: readonly Diagnostic[] | undefined
}

const brand = Symbol.for('krait.BuildError')

/** An error the user can act on. Anything else that is thrown is a bug of krait. */
export class BuildError extends Error {
  readonly code: ErrorCode
  readonly span: Span | undefined
  readonly label: string | undefined
  readonly hint: string | undefined
  readonly related: readonly RelatedPlace[]
  readonly details: { readonly [key: string]: Json } | undefined
  readonly stage: string | undefined
  readonly diagnostics: readonly Diagnostic[]

  constructor(message: string, options: BuildErrorOptions) {
    super(message, options.cause === undefined ? {} : { cause: options.cause })
    this.name = 'BuildError'
    this.code = options.code
    this.span = options.span
    this.label = options.label
    this.hint = options.hint
    this.related = options.related ?? []
    this.details = options.details
    this.stage = options.stage
    this.diagnostics = options.diagnostics ?? []
    Object.defineProperty(this, brand, { value: true })
  }
}

/** True for BuildErrors of any copy of this module; `instanceof` would not survive bundling twice. */
export function isBuildError(error: unknown): error is BuildError {
  return typeof error === 'object' && error !== null && brand in error
}

/** The error as a diagnostic, for places that collect instead of throw. */
export function toDiagnostic(error: BuildError): Diagnostic {
  return {
    severity: 'error',
    code: error.code,
    message: error.message,
    ...(error.span && { span: error.span }),
    ...(error.label && { label: error.label }),
    ...(error.hint && { hint: error.hint }),
    ...(error.related.length > 0 && { related: error.related }),
  }
}

/** Throws one error that carries all `error` diagnostics; returns when there is none. */
export function throwIfErrors(diagnostics: readonly Diagnostic[]): void {
  const errors = diagnostics.filter((diagnostic) => diagnostic.severity === 'error')
  const [first] = errors
  if (first === undefined) return
  const { code, span, label, hint } = first
  throw new BuildError(first.message, { code, span, label, hint, diagnostics })
}

/** The same error with more facts for machines. */
export function addDetails(error: BuildError, details: NonNullable<BuildError['details']>): BuildError {
  return copyWith(error, { details: { ...error.details, ...details } })
}

/** The same error as one of a stage, unless it belongs to one already: its exit code is that stage's. */
export function ofStage(error: BuildError, stage: string): BuildError {
  return error.stage === undefined ? copyWith(error, { stage }) : error
}

function copyWith(error: BuildError, changes: Partial<BuildErrorOptions>): BuildError {
  const { code, span, label, hint, related, diagnostics, details, stage, cause, message } = error
  const copy = { code, span, label, hint, related, diagnostics, details, stage, cause }
  return new BuildError(message, { ...copy, ...changes })
}
