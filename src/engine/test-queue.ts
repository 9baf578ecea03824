/** Decides when a package can be tested: not before everything of this run that it needs is built. */

import type { BuildPlan } from '../stages/plan-builds/index.js'
import { packageNameOf } from '../stages/plan-builds/index.js'

export interface TestQueue<T> {
  /** Takes a built package; gives back all that can be tested now. */
  built(item: T): readonly T[]
  /** An output that will never be built; nobody has to wait for it. */
  failed(plan: BuildPlan): readonly T[]
  /** What still waits. */
  waiting(): readonly T[]
}

/** @param plans all outputs of the run */
export function createTestQueue<T>(
  plans: readonly BuildPlan[],
  planOf: (item: T) => BuildPlan,
): TestQueue<T> {
  const pending = plans.map(({ name }) => name)
  const waiting: T[] = []
  const settle = (plan: BuildPlan) => pending.splice(pending.indexOf(plan.name), 1)
  const release = (): T[] => {
    const ready = waiting.filter((item) =>
      neededForTest(planOf(item)).every((name) => !pending.includes(name)),
    )
    for (const item of ready) waiting.splice(waiting.indexOf(item), 1)
    return ready
  }
  return {
    built: (item) => {
      settle(planOf(item))
      waiting.push(item)
      return release()
    },
    failed: (plan) => {
      settle(plan)
      return release()
    },
    waiting: () => [...waiting],
  }
}

/** Names in run requirements and in the requirements of tests. */
function neededForTest({ name, output }: BuildPlan): readonly string[] {
  const { requirements, tests = [] } = output.recipe
  const ofTests = tests.flatMap((test) => {
    if ('downstream' in test) return []
    if (!('script' in test)) return []
    return [...(test.requirements?.run ?? []), ...(test.requirements?.build ?? [])]
  })
  return [...(requirements.run ?? []), ...ofTests].map(packageNameOf).filter((needed) => needed !== name)
}
