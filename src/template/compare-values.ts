/** Decides equality and order of values across kinds (spec: render.md 3.4). */
import { isMap, isSequence, kindOf, type MapValue, type Value, type ValueKind } from './value.js'

const kindOrder: readonly ValueKind[] = [
  'undefined',
  'none',
  'bool',
  'number',
  'string',
  'sequence',
  'map',
  'function',
  'object',
]

/** `==`: numbers and bools compare by number, everything else only within its kind. */
export function equalValues(left: Value, right: Value): boolean {
  if (typeof left === 'string' || typeof right === 'string') return left === right
  const numbers = asNumbers(left, right)
  if (numbers) return compareNumbers(...numbers) === 0
  if (isSequence(left) && isSequence(right)) return equalSequences(left, right)
  if (isMap(left) && isMap(right)) return equalMaps(left, right)
  return left === right || (kindOf(left) === 'undefined' && kindOf(right) === 'undefined')
}

/** Negative, zero or positive; different kinds stand in a fixed order, text is ordered by code point. */
export function compareValues(left: Value, right: Value): number {
  if (typeof left === 'string' && typeof right === 'string') return compareText(left, right)
  const areNumbers = typeof left !== 'boolean' && typeof right !== 'boolean'
  const numbers = areNumbers ? asNumbers(left, right) : undefined
  if (numbers) return compareNumbers(...numbers)
  if (typeof left === 'boolean' && typeof right === 'boolean') return Number(left) - Number(right)
  if (isSequence(left) && isSequence(right)) return compareSequences(left, right)
  return kindOrder.indexOf(kindOf(left)) - kindOrder.indexOf(kindOf(right))
}

/** Order of two texts by code point, which differs from JavaScript's order by UTF-16 unit outside the BMP. */
export function compareText(left: string, right: string): number {
  if (left === right) return 0
  const length = Math.min(left.length, right.length)
  for (let index = 0; index < length; index++) {
    const difference = codePointRank(left.charCodeAt(index)) - codePointRank(right.charCodeAt(index))
    if (difference !== 0) return difference
  }
  return left.length - right.length
}

/** Surrogates stand for code points above every other unit. */
function codePointRank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit
}

function asNumbers(left: Value, right: Value): [bigint | number, bigint | number] | undefined {
  const first = asNumber(left)
  const second = asNumber(right)
  return first === undefined || second === undefined ? undefined : [first, second]
}

function asNumber(value: Value): bigint | number | undefined {
  if (typeof value === 'boolean') return value ? 1n : 0n
  return typeof value === 'bigint' || typeof value === 'number' ? value : undefined
}

function compareNumbers(left: bigint | number, right: bigint | number): number {
  if (left < right) return -1
  return left > right ? 1 : 0
}

function equalSequences(left: readonly Value[], right: readonly Value[]): boolean {
  return left.length === right.length && left.every((item, index) => equalValues(item, right[index] ?? null))
}

function equalMaps(left: MapValue, right: MapValue): boolean {
  if (left.size !== right.size) return false
  for (const [key, value] of left) {
    const other = right.get(key)
    if (other === undefined || !equalValues(value, other)) return false
  }
  return true
}

function compareSequences(left: readonly Value[], right: readonly Value[]): number {
  for (const [index, item] of left.entries()) {
    const other = right[index]
    if (other === undefined) return 1
    const order = compareValues(item, other)
    if (order !== 0) return order
  }
  return left.length - right.length
}
