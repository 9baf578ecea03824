/**
 * Decides the order in which outputs get their hash: after the outputs whose build they name (spec:
 * render.md 7.6).
 */

import type { RenderedRequirement } from '../../recipe/index.js'
import { groupBy } from '../../text/index.js'
import type { Draft } from './draft.js'
import { outputCycle } from './errors.js'
import { placeOfNeed } from './place-of-need.js'

/**
 * Drafts, dependencies first; those that do not depend on each other keep their order. @throws BuildError
 * `render/output-cycle`
 */
export function orderDrafts(drafts: readonly Draft[]): Draft[] {
  const byName = groupByName(drafts)
  refuseCycles(byName)
  const ordered: Draft[] = []
  const placed = new Set<Draft>()
  while (ordered.length < drafts.length) {
    const before = ordered.length
    for (const draft of drafts) {
      if (placed.has(draft) || !isReady(draft, byName, placed)) continue
      placed.add(draft)
      ordered.push(draft)
    }
    if (ordered.length === before) throw outputCycle(unplaced(drafts, placed))
  }
  return ordered
}

/** The variant of a package that fits a draft best: most values in common, the last of equals. */
export function bestMatch(draft: Draft, candidates: readonly Draft[]): Draft | undefined {
  let best: { draft: Draft; shared: number } | undefined
  for (const candidate of candidates) {
    const shared = sharedValues(draft, candidate)
    if (best === undefined || shared >= best.shared) best = { draft: candidate, shared }
  }
  return best?.draft
}

/** Normalised names of the packages that must be there first. */
export function dependencyNames(draft: Draft): ReadonlySet<string> {
  const { build = [], host = [], run = [], run_constraints = [], run_exports = {} } = draft.requirements
  const pinned = [...run, ...Object.values(run_exports).flat()].filter(isSubpackagePin)
  const exact = run_constraints.filter((item) => exactPin(item) !== undefined)
  const names = [...build, ...host, ...pinned, ...exact].map(packageNameOf)
  return new Set(names.filter((name) => name !== draft.normalizedName))
}

/** The normalised name behind an exact `pin_subpackage`. */
export function exactPin(requirement: RenderedRequirement): string | undefined {
  if (typeof requirement === 'string' || !('pin_subpackage' in requirement)) return undefined
  return requirement.pin_subpackage.exact ? requirement.pin_subpackage.name.toLowerCase() : undefined
}

export function groupByName(drafts: readonly Draft[]): Map<string, Draft[]> {
  return groupBy(drafts, ({ normalizedName }) => normalizedName)
}

function isReady(
  draft: Draft,
  byName: ReadonlyMap<string, readonly Draft[]>,
  placed: ReadonlySet<Draft>,
): boolean {
  for (const name of dependencyNames(draft)) {
    const needed = bestMatch(draft, byName.get(name) ?? [])
    if (needed && needed !== draft && !placed.has(needed)) return false
  }
  return true
}

function refuseCycles(byName: ReadonlyMap<string, readonly Draft[]>): void {
  const needs = new Map(
    [...byName].map(([name, group]) => [
      name,
      new Set(group.flatMap((draft) => [...dependencyNames(draft)].filter((needed) => byName.has(needed)))),
    ]),
  )
  const free = [...needs.keys()].filter((name) => needs.get(name)?.size === 0)
  for (let name = free.pop(); name !== undefined; name = free.pop()) {
    needs.delete(name)
    for (const [other, set] of needs) {
      if (set.delete(name) && set.size === 0) free.push(other)
    }
  }
  if (needs.size > 0) throw cycleAmong(byName, needs)
}

function cycleAmong(
  byName: ReadonlyMap<string, readonly Draft[]>,
  needs: ReadonlyMap<string, ReadonlySet<string>>,
) {
  const [first] = needs
  const [needed] = first?.[1] ?? []
  const drafts = byName.get(first?.[0] ?? '') ?? []
  const places = drafts.map((draft) => (needed === undefined ? undefined : placeOfNeed(draft, needed)))
  return outputCycle(
    [...needs.keys()],
    places.find((place) => place !== undefined),
  )
}

function unplaced(drafts: readonly Draft[], placed: ReadonlySet<Draft>): string[] {
  return [...new Set(drafts.filter((draft) => !placed.has(draft)).map((draft) => draft.normalizedName))]
}

function sharedValues(left: Draft, right: Draft): number {
  let shared = 0
  for (const [key, { value }] of left.combination) {
    if (right.combination.get(key)?.value === value) shared += 1
  }
  return shared
}

function isSubpackagePin(requirement: RenderedRequirement): boolean {
  return typeof requirement === 'object' && 'pin_subpackage' in requirement
}

function packageNameOf(requirement: RenderedRequirement): string {
  if (typeof requirement === 'string') {
    const spec = requirement.slice(requirement.lastIndexOf('::') + 1)
    return /^:?([^\s<>=!~[]+)/.exec(spec)?.[1] ?? ''
  }
  const pin = 'pin_subpackage' in requirement ? requirement.pin_subpackage : requirement.pin_compatible
  return pin.name.toLowerCase()
}
