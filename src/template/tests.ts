/** The tests a recipe can use behind `is`; any other name is an error (spec: render.md 3.3). */
import { compareValues, equalValues } from './compare-values.js'
import { contains } from './contains.js'
import { argumentsError, undefinedError } from './errors.js'
import { formatValue } from './format-value.js'
import { isSequence, isUndefined, type Value } from './value.js'

export type Test = (value: Value, args: readonly Value[]) => boolean

/** All tests by name. */
export const tests: ReadonlyMap<string, Test> = new Map<string, Test>([
  ['undefined', alone(isUndefined)],
  ['defined', alone((value) => !isUndefined(value))],
  ['none', alone((value) => value === null)],
  // Nothing is escaped in recipes, so no text is ever marked as safe.
  ['safe', alone(() => false)],
  ['escaped', alone(() => false)],
  ['odd', alone((value) => typeof value === 'bigint' && value % 2n !== 0n)],
  ['even', alone((value) => typeof value === 'bigint' && value % 2n === 0n)],
  ['number', alone((value) => typeof value === 'bigint' || typeof value === 'number')],
  ['integer', alone((value) => typeof value === 'bigint')],
  ['int', alone((value) => typeof value === 'bigint')],
  ['float', alone((value) => typeof value === 'number')],
  ['string', alone((value) => typeof value === 'string')],
  ['sequence', alone(isSequence)],
  ['boolean', alone((value) => typeof value === 'boolean')],
  ['true', alone((value) => value === true)],
  ['false', alone((value) => value === false)],
  ['startingwith', withOne((value, start) => textOf(value).startsWith(textOf(start)))],
  ['endingwith', withOne((value, end) => textOf(value).endsWith(textOf(end)))],
  ['in', withOne((value, container) => contains(container, value))],
  ['eq', withOne(equalValues)],
  ['ne', withOne((value, other) => !equalValues(value, other))],
  ['lt', withOne((value, other) => compareValues(value, other) < 0)],
  ['le', withOne((value, other) => compareValues(value, other) <= 0)],
  ['gt', withOne((value, other) => compareValues(value, other) > 0)],
  ['ge', withOne((value, other) => compareValues(value, other) >= 0)],
])

function alone(test: (value: Value) => boolean): Test {
  return (value, args) => {
    if (args.length > 0) throw argumentsError('too many arguments')
    return test(value)
  }
}

function withOne(test: (value: Value, other: Value) => boolean): Test {
  return (value, [other, ...rest]) => {
    if (other === undefined) throw argumentsError('missing argument')
    if (rest.length > 0) throw argumentsError('too many arguments')
    return test(value, other)
  }
}

function textOf(value: Value): string {
  if (isUndefined(value) && !value.silent) throw undefinedError(value.name)
  return formatValue(value)
}
