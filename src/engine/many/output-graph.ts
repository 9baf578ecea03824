/**
 * Decides what each output of a run waits for. An output is built and then tested, and both wait for others: a build for
 * the packages it installs, the tests for the packages that are installed with the tested one.
 */

import type { BuildPlan } from '../../stages/plan-builds/index.js'
import { groupBy } from '../../text/index.js'
import { type DirectNeed, directNeeds, isForBuild, type NeedKind } from './direct-needs.js'
import { createWaits } from './waits.js'

/** One output; others are numbers, their places in the list of nodes. */
export interface OutputNode {
  readonly plan: BuildPlan
  /** What it names itself, as far as this run builds it. */
  readonly direct: readonly (DirectNeed & { readonly outputs: readonly number[] })[]
  /** Must be in the channel before it is built. */
  readonly builtFrom: readonly number[]
  /** The tests of these must have ended before it is built. */
  readonly afterTestsOf: readonly number[]
  /** Must be in the channel before it is tested. */
  readonly testedWith: readonly number[]
  /** Without one of these it cannot be built or tested. */
  readonly fallsWith: readonly number[]
}

/**
 * The graph of all outputs. Every output waits for all variants of what it names, so that what the solver finds does not
 * depend on which build was faster. A package is tested before others are built from it, unless its tests need one of
 * those.
 * @param plans in build order (`planBuilds`), which has no cycle
 */
export function outputGraph(plans: readonly BuildPlan[]): readonly OutputNode[] {
  const byName = groupByName(plans)
  const needs = plans.map((plan) => directNeeds(plan).filter(({ name }) => byName.has(name)))
  const outputsOf = (names: Iterable<string>) => [
    ...new Set([...names].flatMap((name) => byName.get(name) ?? [])),
  ]
  const directly = (isMeant: (kind: NeedKind) => boolean) =>
    needs.map((direct) => outputsOf(direct.filter(({ kind }) => isMeant(kind)).map(({ name }) => name)))
  const runNames = createRunClosure(byName, needs)
  const withInstalled = (need: number): readonly number[] => [
    need,
    ...outputsOf(runNames(plans[need]?.name ?? '')),
  ]
  const usedWith = directly((kind) => kind === 'run' || kind === 'test')
  const waitsOf = createWaits({
    builtFrom: directly((kind) => isForBuild(kind) && kind !== 'staging'),
    runsWith: directly((kind) => kind === 'run'),
    testedWith: directly((kind) => kind === 'test'),
  })
  const forBuild = directly(isForBuild)
  return plans.map((plan, at) => {
    const direct = needs[at] ?? []
    const waits = waitsOf(at)
    const isOther = (need: number) => plans[need]?.name !== plan.name
    const builtFrom = (forBuild[at] ?? []).flatMap((need) =>
      waits.forInstalled(need) ? withInstalled(need) : withInstalled(need).filter(waits.forBuild),
    )
    return {
      plan,
      direct: direct.map((need) => ({ ...need, outputs: byName.get(need.name) ?? [] })),
      builtFrom: unique(builtFrom).filter((need) => need !== at),
      afterTestsOf: (forBuild[at] ?? []).filter(waits.forTests),
      testedWith: unique((usedWith[at] ?? []).flatMap(withInstalled)).filter(isOther),
      fallsWith: outputsOf(direct.map(({ name }) => name)).filter((need) => isUsable(plans[need], plan)),
    }
  })
}

function unique(numbers: readonly number[]): readonly number[] {
  return [...new Set(numbers)]
}

function groupByName(plans: readonly BuildPlan[]): ReadonlyMap<string, readonly number[]> {
  return groupBy(plans.keys(), (at) => plans[at]?.name ?? '')
}

/** Names of all packages that are installed with a package, itself left out. */
function createRunClosure(
  byName: ReadonlyMap<string, readonly number[]>,
  needs: readonly (readonly DirectNeed[])[],
): (name: string) => readonly string[] {
  const known = new Map<string, readonly string[]>()
  const runOf = (name: string) =>
    (byName.get(name) ?? []).flatMap((at) =>
      (needs[at] ?? []).filter(({ kind }) => kind === 'run').map((need) => need.name),
    )
  return (name) => {
    const found = known.get(name) ?? closure(name, runOf)
    known.set(name, found)
    return found
  }
}

function closure(start: string, next: (name: string) => readonly string[]): readonly string[] {
  const found = new Set([start])
  for (const name of found) for (const other of next(name)) found.add(other)
  found.delete(start)
  return [...found]
}

const platformKeys: ReadonlySet<string> = new Set(['target_platform', 'build_platform', 'host_platform'])

/** Whether a variant of a package is one that this output could be built from: no shared key has another value. */
function isUsable(needed: BuildPlan | undefined, { output }: BuildPlan): boolean {
  const theirs = needed?.output.variant ?? {}
  return Object.entries(output.variant).every(
    ([key, value]) =>
      platformKeys.has(key) || theirs[key] === undefined || String(theirs[key]) === String(value),
  )
}
