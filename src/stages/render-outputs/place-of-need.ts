/** Finds where in the recipe an output names another one, for messages. */
import type { Span } from '../../text/index.js'
import type { Draft } from './draft.js'
import type { Traced, TracedLeaf } from './traced.js'

/** The first requirement of a draft on the package of this normalised name. */
export function placeOfNeed(draft: Draft, name: string): Span | undefined {
  const requirements = draft.members.get('requirements')
  const found = leavesOf(requirements).find(({ value }) => nameOf(value) === name)
  return found?.origin?.span
}

function leavesOf(traced: Traced | undefined): readonly TracedLeaf[] {
  if (traced === undefined) return []
  if (traced.kind === 'leaf') return [traced]
  const children = traced.kind === 'list' ? traced.items : [...traced.members.values()]
  return children.flatMap(leavesOf)
}

function nameOf(value: TracedLeaf['value']): string | undefined {
  if (typeof value === 'string') return /^(?:.*::)?([^\s<>=!~[]+)/.exec(value)?.[1]
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const [pin] = Object.values(value)
  const name = typeof pin === 'object' && pin !== null && 'name' in pin ? pin.name : undefined
  return typeof name === 'string' ? name.toLowerCase() : undefined
}
