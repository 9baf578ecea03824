/** What the kinds of sources share while they are fetched: how they are named, and what is told of them. */
import { stripCredentials } from '../../conda/index.js'
import type { RenderedSource } from '../../recipe/index.js'
import type { StageContext } from '../../system/index.js'
import type { Json } from '../../text/index.js'
import type { SourceCache } from './source-cache.js'
import type { FetchedSource, SourcePlan } from './types.js'
import type { WorkTree } from './work-tree.js'

/** One output whose sources are fetched. */
export interface Fetching {
  readonly isStrict: boolean
  readonly skipsAttestation: boolean
  readonly plan: SourcePlan
  readonly context: StageContext
  readonly tree: WorkTree
  readonly cache: SourceCache
}

export interface Fetched {
  readonly fetched: FetchedSource
  readonly extractedPath?: string
  readonly from: 'cache' | 'network' | 'disk'
}

/** A source the way messages name it, without credentials. */
export function sourceName(source: RenderedSource): string {
  if ('git' in source) return stripCredentials(source.git)
  if ('path' in source) return source.path
  return stripCredentials(typeof source.url === 'string' ? source.url : (source.url[0] ?? ''))
}

/** A rendered source is plain data already; only its type says more than JSON does. */
export function toJson(source: RenderedSource): { readonly [key: string]: Json } {
  return JSON.parse(JSON.stringify(source)) as { readonly [key: string]: Json }
}

/** The same with addresses that may be shown. */
export function withoutCredentials(source: { readonly [key: string]: Json }): {
  readonly [key: string]: Json
} {
  const clean = (value: Json): Json => (typeof value === 'string' ? stripCredentials(value) : value)
  const isList = (value: Json): value is readonly Json[] => Array.isArray(value)
  const entries = Object.entries(source).map(([key, value]): [string, Json] => {
    if (key !== 'url' && key !== 'git') return [key, value]
    return [key, isList(value) ? value.map(clean) : clean(value)]
  })
  return Object.fromEntries(entries)
}
