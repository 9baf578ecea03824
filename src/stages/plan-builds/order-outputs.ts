/** Brings outputs into an order in which every one comes after those it is built from (spec: render.md 7.6). */
import type { RenderedOutput, RenderedRequirement } from '../../recipe/index.js'
import { outputCycle } from './errors.js'

/**
 * Topological order over all recipes of a call; outputs that do not depend on each other keep their order.
 * Rejects with `plan/cycle`.
 */
export function orderOutputs<T>(items: readonly T[], outputOf: (item: T) => RenderedOutput): T[] {
  const names = items.map((item) => nameOf(outputOf(item)))
  const unbuilt = countNames(names)
  const waiting = items.map((item, index) =>
    [...neededNames(outputOf(item))].filter((name) => name !== names[index] && unbuilt.has(name)),
  )
  const order: T[] = []
  const placed = new Set<number>()
  const isNext = (at: number) => !placed.has(at) && waiting[at]?.every((name) => unbuilt.get(name) === 0)
  for (let at = 0; order.length < items.length; ) {
    while (at < items.length && !isNext(at)) at += 1
    if (at === items.length) throw outputCycle(namesInCycles(names, { waiting, placed }))
    placed.add(at)
    order.push(...items.slice(at, at + 1))
    const name = names[at] ?? ''
    const left = (unbuilt.get(name) ?? 0) - 1
    unbuilt.set(name, left)
    // Only the last variant of a name makes others ready: to begin anew for each would be quadratic.
    at = left === 0 ? 0 : at + 1
  }
  return order
}

function countNames(names: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1)
  return counts
}

/** Names of packages that must be built before this output. */
export function neededNames(output: RenderedOutput): ReadonlySet<string> {
  const {
    build = [],
    host = [],
    run = [],
    run_constraints = [],
    run_exports = {},
  } = output.recipe.requirements
  const needed = [...build, ...host].map(packageNameOf)
  const pinned = [...run, ...Object.values(run_exports).flat()].filter(isSubpackagePin).map(packageNameOf)
  const exact = run_constraints.filter(isExactSubpackagePin).map(packageNameOf)
  return new Set([...needed, ...pinned, ...exact])
}

/** Normalised name of the package a requirement is about. */
export function packageNameOf(requirement: RenderedRequirement): string {
  if (typeof requirement === 'string') {
    const withoutChannel = requirement.slice(requirement.lastIndexOf('::') + 1).replace(/^:/, '')
    return (/^[^\s<>=!~[]+/.exec(withoutChannel)?.[0] ?? '').toLowerCase()
  }
  const pin = 'pin_subpackage' in requirement ? requirement.pin_subpackage : requirement.pin_compatible
  return pin.name.toLowerCase()
}

function nameOf(output: RenderedOutput): string {
  return output.recipe.package.name.toLowerCase()
}

function isSubpackagePin(requirement: RenderedRequirement): boolean {
  return typeof requirement === 'object' && 'pin_subpackage' in requirement
}

function isExactSubpackagePin(requirement: RenderedRequirement): boolean {
  return (
    typeof requirement === 'object' &&
    'pin_subpackage' in requirement &&
    requirement.pin_subpackage.exact === true
  )
}

interface Unordered {
  /** Names that each item waits for. */
  readonly waiting: readonly (readonly string[])[]
  readonly placed: ReadonlySet<number>
}

/** Those that only wait for a cycle, without being needed in it, are no part of the mistake. */
function namesInCycles(names: readonly string[], { waiting, placed }: Unordered): string[] {
  const left = new Map(
    names.flatMap((name, at) => (placed.has(at) ? [] : [[name, new Set<string>()] as const])),
  )
  for (const [at, needs] of waiting.entries()) {
    for (const need of needs) if (!placed.has(at)) left.get(names[at] ?? '')?.add(need)
  }
  for (let size = 0; size !== left.size; ) {
    size = left.size
    const needed = new Set([...left.values()].flatMap((needs) => [...needs]))
    for (const name of left.keys()) if (!needed.has(name)) left.delete(name)
  }
  return [...left.keys()].sort()
}
