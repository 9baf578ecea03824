/**
 * Rendered values that still know where they came from; flattening gives plain data and the table of
 * origins.
 */
import type { Origin } from '../../recipe/index.js'
import { exactNumber, formatValue, isMap, isSequence, toJson, type Value } from '../../template/index.js'
import type { Json } from '../../text/index.js'

export interface TracedLeaf {
  readonly kind: 'leaf'
  readonly value: Json
  readonly origin?: Origin
  /** Exact spelling of a number (see `Provenance.numbers`). */
  readonly exact?: string
}

export interface TracedList {
  readonly kind: 'list'
  readonly items: readonly Traced[]
}

export interface TracedMap {
  readonly kind: 'map'
  readonly members: ReadonlyMap<string, Traced>
}

export type Traced = TracedLeaf | TracedList | TracedMap

/** Tables that flattening fills, by JSON pointer. */
export interface SideTables {
  readonly origins: Map<string, Origin>
  readonly numbers: Map<string, string>
}

/** Plain data; origins and exact numbers of the leaves are entered into the tables. */
export function flatten(traced: Traced, pointer: string, tables: SideTables): Json {
  if (traced.kind === 'leaf') {
    if (traced.origin) tables.origins.set(pointer, traced.origin)
    if (traced.exact !== undefined) tables.numbers.set(pointer, traced.exact)
    return traced.value
  }
  if (traced.kind === 'list') {
    return traced.items.map((item, index) => flatten(item, `${pointer}/${index}`, tables))
  }
  return Object.fromEntries(
    [...traced.members].map(([key, value]) => [
      key,
      flatten(value, `${pointer}/${escapePointer(key)}`, tables),
    ]),
  )
}

/** Plain data without origins. */
export function plainValue(traced: Traced | undefined): Json | undefined {
  if (traced === undefined || traced.kind === 'leaf') return traced?.value
  if (traced.kind === 'list') return traced.items.map((item) => plainMember(item))
  return Object.fromEntries([...traced.members].map(([key, value]) => [key, plainMember(value)]))
}

function plainMember(traced: Traced): Json {
  return plainValue(traced) ?? null
}

/** A member of a traced mapping. */
export function memberOf(traced: Traced | undefined, key: string): Traced | undefined {
  return traced?.kind === 'map' ? traced.members.get(key) : undefined
}

export function leaf(value: Json, origin?: Origin): TracedLeaf {
  return { kind: 'leaf', value, ...(origin && { origin }) }
}

/** A template value as traced data; numbers keep their spelling. */
export function tracedValue(value: Value, origin?: Origin): Traced {
  if (isSequence(value)) return { kind: 'list', items: value.map((item) => tracedValue(item, origin)) }
  if (isMap(value)) {
    return mapOf([...value].map(([key, item]) => [formatValue(key), tracedValue(item, origin)]))
  }
  const isNumber = typeof value === 'bigint' || typeof value === 'number'
  const exact = isNumber ? exactNumber(value) : undefined
  return { ...leaf(toJson(value), origin), ...(exact !== undefined && { exact }) }
}

export function mapOf(entries: Iterable<readonly [string, Traced | undefined]>): TracedMap {
  const members = new Map<string, Traced>()
  for (const [key, value] of entries) if (value !== undefined) members.set(key, value)
  return { kind: 'map', members }
}

/** RFC 6901. */
function escapePointer(key: string): string {
  return /[~/]/.test(key) ? key.replaceAll('~', '~0').replaceAll('/', '~1') : key
}
