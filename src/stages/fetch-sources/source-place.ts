/** Finds the line of the recipe that a mistake of a source is about. */
import { isBuildError, withSpan } from '../../errors/index.js'
import type { Origin, RenderedSource } from '../../recipe/index.js'

/** A source, and where its values were written: by JSON pointer into the rendered recipe. */
export interface WrittenSource {
  readonly source: RenderedSource
  /** Position in the list of sources. */
  readonly index: number
  readonly origins: ReadonlyMap<string, Origin>
}

/** What was thrown, with the place of the value that it names, or else of the source's address; other errors as they are. */
export function atSource(error: unknown, { source, index, origins }: WrittenSource): unknown {
  if (!isBuildError(error) || error.span !== undefined) return error
  const facts = Object.values(error.details ?? {}).filter((fact) => typeof fact === 'string')
  const isNamed = ([, value]: Leaf) => facts.includes(value)
  const { own, address } = leavesOf(source)
  const keys = [...own.filter(isNamed), ...address.filter(isNamed), ...address].map(([key]) => key)
  const span = keys.map((key) => origins.get(`/source/${index}/${key}`)?.span).find((place) => place)
  return span === undefined ? error : withSpan(error, span)
}

/** JSON pointer into the source without its first `/`, and the text there. */
type Leaf = readonly [key: string, value: string]

/** Nearly all messages name the address too, so it counts only when nothing else does. */
function leavesOf(source: RenderedSource): {
  readonly own: readonly Leaf[]
  readonly address: readonly Leaf[]
} {
  const { url, git, path, ...own } = { url: undefined, git: undefined, path: undefined, ...source }
  return {
    own: Object.entries(own).flatMap(([key, value]) => flatten(key, value)),
    address: Object.entries({ url, git, path }).flatMap(([key, value]) => flatten(key, value)),
  }
}

function flatten(key: string, value: unknown): Leaf[] {
  if (Array.isArray(value)) return value.flatMap((item, at) => flatten(`${key}/${at}`, item))
  return typeof value === 'string' ? [[key, value]] : []
}
