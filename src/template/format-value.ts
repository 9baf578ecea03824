/** Decides how a value reads as text, the way minijinja 2.24 prints it (spec: render.md 3.4). */
import { compareValues } from './compare-values.js'
import { isMap, isSequence, isUndefined, type MapValue, type Value } from './value.js'

/**
 * The text of a value: strings as they are, `True`, `False`, `None`, floats without exponent, lists and maps
 * like JSON.
 */
export function formatValue(value: Value): string {
  if (typeof value === 'string') return value
  if (value === null) return 'None'
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (typeof value === 'bigint') return value.toString()
  if (typeof value === 'number') return formatFloat(value)
  if (isSequence(value)) return `[${value.map(formatNested).join(', ')}]`
  if (isMap(value)) return formatMap(value)
  if (isUndefined(value)) return ''
  return value.kind === 'function' ? `<function ${value.name}>` : '{}'
}

/** The keys of a map in the order in which maps are printed and iterated. */
export function sortedKeys(map: MapValue): Value[] {
  return [...map.keys()].sort(compareValues)
}

function formatNested(value: Value): string {
  if (isUndefined(value)) return 'undefined'
  return typeof value === 'string' ? JSON.stringify(value) : formatValue(value)
}

function formatMap(map: MapValue): string {
  const members = sortedKeys(map).map((key) => `${formatNested(key)}: ${formatNested(map.get(key) ?? null)}`)
  return `{${members.join(', ')}}`
}

function formatFloat(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf'
  if (Object.is(value, -0)) return '-0.0'
  const text = expandExponent(value.toString())
  return text.includes('.') ? text : `${text}.0`
}

/** `1e-7` as `0.0000001`: JavaScript prints exponents where Rust does not. */
function expandExponent(text: string): string {
  const match = /^(-?)(\d+)(?:\.(\d+))?e([+-]\d+)$/.exec(text)
  if (!match) return text
  const [, sign = '', whole = '', fraction = '', power = '0'] = match
  const digits = whole + fraction
  const point = whole.length + Number(power)
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`
  if (point >= digits.length) return `${sign}${digits}${'0'.repeat(point - digits.length)}`
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`
}
