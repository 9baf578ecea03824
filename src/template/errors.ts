/** What can go wrong in a template; the stages turn these into coded errors with a place in the file. */

export type TemplateProblem =
  | 'syntax'
  | 'undefined'
  | 'unknown-name'
  | 'arguments'
  | 'operation'
  | 'limit'
  | 'experimental'
  | 'environment'

export interface TemplateErrorOptions {
  readonly problem: TemplateProblem
  /** UTF-16 offsets into the template text; the whole template when unknown. */
  readonly start?: number
  readonly end?: number
  readonly hint?: string | undefined
  /** The undefined name, for problem `undefined`. */
  readonly name?: string | undefined
  /** What the mistaken name was looked up among, for suggestions. */
  readonly candidates?: readonly string[] | undefined
}

/** A mistake at one place of a template. Its message carries minijinja's words and the offending name. */
export class TemplateError extends Error {
  readonly problem: TemplateProblem
  readonly start: number | undefined
  readonly end: number | undefined
  readonly hint: string | undefined
  readonly undefinedName: string | undefined
  readonly candidates: readonly string[]

  constructor(message: string, options: TemplateErrorOptions) {
    super(message)
    this.name = 'TemplateError'
    this.problem = options.problem
    this.start = options.start
    this.end = options.end
    this.hint = options.hint
    this.undefinedName = options.name
    this.candidates = options.candidates ?? []
  }
}

/** The template cannot be parsed. */
export function syntaxError(message: string, start: number, end: number): TemplateError {
  return new TemplateError(`syntax error: ${message}`, { problem: 'syntax', start, end })
}

/** A value is used that does not exist. */
export function undefinedError(name: string): TemplateError {
  const what = name === '' ? 'undefined value' : `undefined value: \`${name}\` is not defined`
  return new TemplateError(what, { problem: 'undefined', name })
}

/** A filter, test, function or method of this name does not exist. */
export function unknownNameError(message: string, candidates: readonly string[]): TemplateError {
  return new TemplateError(message, { problem: 'unknown-name', candidates })
}

/** A call has too many, too few or unknown arguments. */
export function argumentsError(message: string, hint?: string): TemplateError {
  return new TemplateError(message, { problem: 'arguments', hint })
}

/** An operator, filter or function cannot work on this value. */
export function operationError(message: string, hint?: string): TemplateError {
  return new TemplateError(message, { problem: 'operation', hint })
}

/** The template does more work or makes more text than any recipe needs. */
export function limitError(message: string): TemplateError {
  return new TemplateError(message, { problem: 'limit' })
}

/** The template uses something that needs `--experimental`. */
export function experimentalError(what: string): TemplateError {
  const message = 'Experimental feature: provide the `--experimental` flag to enable this feature'
  return new TemplateError(`${message}: \`${what}\``, {
    problem: 'experimental',
    hint: 'run the command again with `--experimental`',
  })
}

/** Something outside of the recipe is not there. */
export function environmentError(message: string, hint?: string): TemplateError {
  return new TemplateError(message, { problem: 'environment', hint })
}

/** The same error, placed at `start`..`end` unless it already has a place. */
export function atPlace(error: TemplateError, start: number, end: number): TemplateError {
  if (error.start !== undefined) return error
  return new TemplateError(error.message, {
    problem: error.problem,
    start,
    end,
    hint: error.hint,
    name: error.undefinedName,
    candidates: error.candidates,
  })
}
