/** Converts between template values and plain JSON data. */
import type { Json } from '../text/index.js'
import { formatValue, sortedKeys } from './format-value.js'
import { isMap, isSequence, isUndefined, type Value } from './value.js'

/** Plain data as a template value; whole numbers become integers. */
export function fromJson(json: Json): Value {
  if (typeof json === 'number') return Number.isSafeInteger(json) ? BigInt(json) : json
  if (typeof json !== 'object' || json === null) return json
  if (isJsonList(json)) return json.map(fromJson)
  return new Map(Object.entries(json).map(([key, value]) => [key, fromJson(value)]))
}

/**
 * A template value as plain data. Integers beyond 2^53 lose precision, as in every JSON reader of JavaScript;
 * functions and objects become their text.
 */
export function toJson(value: Value): Json {
  if (typeof value === 'bigint') return Number(value)
  if (typeof value === 'number') return Number.isFinite(value) ? value : null
  if (typeof value !== 'object' || value === null) return value
  if (isSequence(value)) return value.map(toJson)
  if (isMap(value)) {
    return Object.fromEntries(
      sortedKeys(value).map((key) => [formatValue(key), toJson(value.get(key) ?? null)]),
    )
  }
  if (isUndefined(value)) return null
  return value.kind === 'object' ? {} : formatValue(value)
}

/**
 * How JSON spells a number that JavaScript would print differently: floats keep `.0`, large integers all
 * their digits.
 * Undefined when JavaScript prints it right.
 */
export function exactNumber(value: bigint | number): string | undefined {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? undefined : value.toString()
  if (!Number.isFinite(value)) return undefined
  if (Object.is(value, -0)) return '-0.0'
  const text = value.toString()
  if (/[.]/.test(text) && !text.includes('e')) return undefined
  return text.includes('e') || Math.abs(value) >= 1e16 ? scientific(value) : `${text}.0`
}

/** serde_json's form: `1e+20`, `1.5e-7`. */
function scientific(value: number): string {
  return value.toExponential()
}

function isJsonList(json: Json): json is readonly Json[] {
  return Array.isArray(json)
}
