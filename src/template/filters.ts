/** The filters a recipe can use; any other name is an error (spec: render.md 3.2). */
import { compareText, compareValues } from './compare-values.js'
import { argumentsError, operationError } from './errors.js'
import { formatValue, sortedKeys } from './format-value.js'
import { parseNumber, splitText, trimText, versionToBuildString } from './text-filters.js'
import {
  type CallArguments,
  isMap,
  isSequence,
  isTruthy,
  isUndefined,
  kindOf,
  orUndefined,
  undefinedValue,
  type Value,
} from './value.js'

export interface Filter {
  readonly apply: (value: Value, args: CallArguments) => Value
  /** Only `default` and `join` may be applied to an undefined value. */
  readonly acceptsUndefined?: true
}

/** All filters by name. */
export const filters: ReadonlyMap<string, Filter> = new Map<string, Filter>([
  ['version_to_buildstring', plain(0, (value) => versionToBuildString(formatValue(value)))],
  ['replace', plain(2, replaceText)],
  ['lower', plain(0, (value) => formatValue(value).toLowerCase())],
  ['upper', plain(0, (value) => formatValue(value).toUpperCase())],
  ['int', plain(0, toInteger)],
  ['abs', plain(0, absolute)],
  ['bool', plain(0, isTruthy)],
  ['default', { ...plain([0, 2], applyDefault), acceptsUndefined: true }],
  ['first', plain(0, (value) => orUndefined(iterate(value)[0], 'first item'))],
  ['last', plain(0, (value) => orUndefined(iterate(value).at(-1), 'last item'))],
  ['length', plain(0, lengthOf)],
  ['list', plain(0, iterate)],
  ['join', { ...plain([0, 1], joinItems), acceptsUndefined: true }],
  ['min', plain(0, (value) => smallest(iterate(value), 1))],
  ['max', plain(0, (value) => smallest(iterate(value), -1))],
  ['reverse', plain(0, reverseValue)],
  ['sort', { apply: sortItems }],
  [
    'trim',
    plain([0, 1], (value, chars) =>
      trimText(formatValue(value), chars === undefined ? undefined : formatValue(chars)),
    ),
  ],
  ['unique', plain(0, uniqueItems)],
  ['split', plain([0, 2], splitValue)],
])

/**
 * The items of a list, the characters of a text, the sorted keys of a map. @throws TemplateError for
 * anything else
 */
export function iterate(value: Value): readonly Value[] {
  if (isSequence(value)) return value
  if (typeof value === 'string') return Array.from(value)
  if (isMap(value)) return sortedKeys(value)
  if (value === null || isUndefined(value)) return []
  throw operationError(`${kindOf(value)} is not iterable`)
}

type PlainFilter = (value: Value, first: Value | undefined, second: Value | undefined) => Value

/** A filter with a fixed or bounded number of positional arguments and no keywords. */
function plain(count: number | readonly [number, number], filter: PlainFilter): Filter {
  const [fewest, most] = typeof count === 'number' ? [count, count] : count
  const apply = (value: Value, { positional, keyword }: CallArguments): Value => {
    if (keyword.size > 0 || positional.length > most) throw argumentsError('too many arguments')
    if (positional.length < fewest) throw argumentsError('missing argument')
    return filter(value, positional[0], positional[1])
  }
  return { apply }
}

function replaceText(value: Value, from: Value | undefined, to: Value | undefined): Value {
  return formatValue(value)
    .split(formatValue(from ?? ''))
    .join(formatValue(to ?? ''))
}

function toInteger(value: Value): Value {
  if (typeof value === 'bigint') return value
  if (value === null) return 0n
  if (typeof value === 'boolean') return value ? 1n : 0n
  const number = typeof value === 'string' ? parseNumber(value) : value
  if (typeof number === 'bigint') return number
  if (typeof number === 'number' && Number.isFinite(number)) return BigInt(Math.trunc(number))
  throw operationError(`invalid operation: cannot convert ${describe(value)} to integer`)
}

function absolute(value: Value): Value {
  if (typeof value === 'bigint') return value < 0n ? -value : value
  if (typeof value === 'number') return Math.abs(value)
  throw operationError(`invalid operation: cannot get absolute value of ${describe(value)}`)
}

function applyDefault(value: Value, fallback: Value | undefined, whenFalsy: Value | undefined): Value {
  const replace = isUndefined(value) || (whenFalsy !== undefined && isTruthy(whenFalsy) && !isTruthy(value))
  return replace ? (fallback ?? '') : value
}

function lengthOf(value: Value): Value {
  if (typeof value === 'string') return BigInt(Array.from(value).length)
  if (isSequence(value)) return BigInt(value.length)
  if (isMap(value)) return BigInt(value.size)
  throw operationError(`invalid operation: cannot calculate length of value of type ${kindOf(value)}`)
}

function joinItems(value: Value, separator: Value | undefined): Value {
  return iterate(value)
    .map(formatValue)
    .join(separator === undefined ? '' : formatValue(separator))
}

function smallest(items: readonly Value[], sign: 1 | -1): Value {
  const [first, ...rest] = items
  if (first === undefined) return undefinedValue(sign === 1 ? 'min of nothing' : 'max of nothing')
  return rest.reduce((best, item) => (compareValues(item, best) * sign < 0 ? item : best), first)
}

function reverseValue(value: Value): Value {
  const reversed = iterate(value).toReversed()
  return typeof value === 'string' ? reversed.join('') : reversed
}

const sortKeywords: ReadonlySet<string> = new Set(['reverse', 'case_sensitive', 'attribute'])

function sortItems(value: Value, { positional, keyword }: CallArguments): Value {
  const unknown = [...keyword.keys()].find((name) => !sortKeywords.has(name))
  if (unknown !== undefined) throw argumentsError(`unknown keyword argument \`${unknown}\``)
  if (positional.length > 0) throw argumentsError('too many arguments')
  const isCaseSensitive = isTruthy(keyword.get('case_sensitive') ?? false)
  const sign = isTruthy(keyword.get('reverse') ?? false) ? -1 : 1
  const attribute = keyword.get('attribute')
  const keyOf = (item: Value) => (attribute === undefined ? item : memberOf(item, attribute))
  return [...iterate(value)].sort(
    (left, right) => sign * compareItems(keyOf(left), keyOf(right), isCaseSensitive),
  )
}

function memberOf(item: Value, attribute: Value): Value {
  return orUndefined(isMap(item) ? item.get(attribute) : undefined, formatValue(attribute))
}

function compareItems(left: Value, right: Value, isCaseSensitive: boolean): number {
  const areTexts = typeof left === 'string' && typeof right === 'string'
  if (!areTexts || isCaseSensitive) return compareValues(left, right)
  return compareText(left.toLowerCase(), right.toLowerCase())
}

function uniqueItems(value: Value): Value {
  const kept: Value[] = []
  for (const item of iterate(value)) {
    if (!kept.some((other) => compareItems(item, other, false) === 0)) kept.push(item)
  }
  return kept
}

function splitValue(value: Value, separator: Value | undefined, limit: Value | undefined): Value {
  if (typeof value !== 'string') throw operationError(`cannot split ${describe(value)}: it is no text`)
  const most = limit === undefined || limit === null ? undefined : Number(toInteger(limit))
  return splitText(
    value,
    separator === undefined || separator === null ? undefined : formatValue(separator),
    most,
  )
}

function describe(value: Value): string {
  return `${kindOf(value)} \`${formatValue(value)}\``
}
