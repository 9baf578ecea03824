/**
 * Rendered values that still know where they came from; flattening gives plain data and the table of
 * origins.
 */
import type { Origin, Provenance } from '../../recipe/index.js'
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

/** The side table of a rendered recipe, filled when somebody first looks: most runs only want the plain data. */
export function provenanceOf(recipe: Traced, decisions: Pick<Provenance, 'dropped' | 'skips'>): Provenance {
  let origins: Map<string, Origin> | undefined
  let numbers: Map<string, string> | undefined
  return {
    dropped: decisions.dropped,
    skips: decisions.skips,
    get origins() {
      origins ??= collectLeaves(recipe, (leaf) => leaf.origin)
      return origins
    },
    get numbers() {
      numbers ??= hasExactNumber(recipe) ? collectLeaves(recipe, (leaf) => leaf.exact) : new Map()
      return numbers
    },
  }
}

function collectLeaves<T>(root: Traced, pick: (leaf: TracedLeaf) => T | undefined): Map<string, T> {
  const found = new Map<string, T>()
  const visit = (traced: Traced, pointer: string): void => {
    if (traced.kind === 'list') {
      for (const [index, item] of traced.items.entries()) visit(item, `${pointer}/${index}`)
    } else if (traced.kind === 'map') {
      for (const [key, value] of traced.members) visit(value, `${pointer}/${escapePointer(key)}`)
    } else {
      const picked = pick(traced)
      if (picked !== undefined) found.set(pointer, picked)
    }
  }
  visit(root, '')
  return found
}

function hasExactNumber(traced: Traced): boolean {
  if (traced.kind === 'leaf') return traced.exact !== undefined
  if (traced.kind === 'list') return traced.items.some(hasExactNumber)
  for (const value of traced.members.values()) if (hasExactNumber(value)) return true
  return false
}

/** Plain data without origins. */
export function plainValue(traced: Traced | undefined): Json | undefined {
  return traced && plainData(traced)
}

function plainData(traced: Traced): Json {
  if (traced.kind === 'leaf') return traced.value
  if (traced.kind === 'list') return traced.items.map(plainData)
  const entries: [string, Json][] = []
  for (const [key, value] of traced.members) entries.push([key, plainData(value)])
  return Object.fromEntries(entries)
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
