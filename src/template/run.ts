/** Holds what one evaluation may do and has done: its names, its limits, its reads. */
import { limitError } from './errors.js'
import { isUndefined, undefinedValue, type Value } from './value.js'

/** The names a template can see, and what is told about reading them. */
export interface TemplateScope {
  /** The value of a variable, or undefined when there is none; called once for every read. */
  readonly lookup: (name: string) => Value | undefined
  /** All names that `lookup` knows, for suggestions; only asked for after a mistake. */
  readonly names?: () => readonly string[]
  /** What an undefined value does: `strict` refuses to print it, `lenient` prints nothing. */
  readonly undefinedValues?: 'strict' | 'lenient'
}

/** Local variables of a block; the chain ends at the template's own. */
export interface Frame {
  readonly variables: Map<string, Value>
  readonly parent: Frame | undefined
}

/** The mutable state of one evaluation. */
export interface Run {
  readonly scope: TemplateScope
  readonly lenient: boolean
  steps: number
  outputLength: number
  callDepth: number
}

const maxSteps = 500_000
const maxOutputLength = 8_000_000
const maxCallDepth = 60

export function createRun(scope: TemplateScope): Run {
  const lenient = scope.undefinedValues === 'lenient'
  return { scope, lenient, steps: 0, outputLength: 0, callDepth: 0 }
}

/** Counts one step of work. @throws TemplateError when a template never ends */
export function countStep(run: Run): void {
  run.steps += 1
  if (run.steps > maxSteps) throw limitError(`the template takes more than ${maxSteps} steps`)
}

/** Counts text that was made. @throws TemplateError when it is more than any recipe needs */
export function countText(run: Run, length: number): void {
  run.outputLength += length
  if (run.outputLength > maxOutputLength) {
    throw limitError(`the template makes more than ${maxOutputLength} characters of text`)
  }
}

/** Runs a macro body one level deeper. @throws TemplateError when macros call each other without end */
export function callDeeper<T>(run: Run, body: () => T): T {
  run.callDepth += 1
  if (run.callDepth > maxCallDepth) throw limitError('macros call each other too deeply')
  const result = body()
  run.callDepth -= 1
  return result
}

/** The value of a name: locals first, then the scope; a strict undefined when nobody knows it. */
export function readName(run: Run, frame: Frame | undefined, name: string): Value {
  for (let at = frame; at !== undefined; at = at.parent) {
    const local = at.variables.get(name)
    if (local !== undefined) return local
  }
  const value = run.scope.lookup(name)
  return value === undefined || isUndefined(value) ? undefinedValue(name) : value
}

export function childFrame(parent: Frame | undefined): Frame {
  return { variables: new Map(), parent }
}
