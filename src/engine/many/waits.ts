/** Who waits for whom, and which waiting would never end. Outputs are numbers. */

export interface WaitFacts {
  /** For each output those that it cannot be built without; these have no cycle. */
  readonly builtFrom: readonly (readonly number[])[]
  /** Those it runs with, as it names them. */
  readonly runsWith: readonly (readonly number[])[]
  /** Those that only its tests need, as it names them. */
  readonly testedWith: readonly (readonly number[])[]
}

/** What one build may wait for, besides those it cannot be built without. */
export interface BuildWaits {
  /** Lets the build wait for the tests of another output; false when those wait for this build. */
  forTests(need: number): boolean
  /** The same for another output with everything that is installed with it. */
  forInstalled(need: number): boolean
  /** The same for another build. */
  forBuild(need: number): boolean
}

/**
 * A graph of builds, tests, and moments in which everything is there that an output runs with. Builds are added to it one
 * after the other: each may wait for whatever does not wait for it.
 */
export function createWaits({ builtFrom, runsWith, testedWith }: WaitFacts): (at: number) => BuildWaits {
  const count = builtFrom.length
  const test = (at: number) => count + at
  const installed = (at: number) => 2 * count + at
  const waiting = Array.from({ length: 3 * count }, (): number[] => [])
  const wait = (from: number, to: number) => waiting[to]?.push(from)
  for (let at = 0; at < count; at += 1) {
    for (const need of builtFrom[at] ?? []) wait(at, need)
    for (const need of runsWith[at] ?? []) wait(installed(at), installed(need))
    for (const need of testedWith[at] ?? []) wait(test(at), installed(need))
    wait(installed(at), at)
    wait(test(at), installed(at))
  }
  return (at) => {
    // What this build waits for does not change who waits for it.
    const waiters = reachable(waiting, at)
    const add = (need: number): boolean => {
      if (waiters.has(need)) return false
      wait(at, need)
      return true
    }
    return {
      forTests: (need) => add(test(need)),
      forInstalled: (need) => add(installed(need)),
      forBuild: (need) => add(need),
    }
  }
}

function reachable(next: readonly (readonly number[])[], from: number): ReadonlySet<number> {
  const found = new Set([from])
  for (const at of found) for (const other of next[at] ?? []) found.add(other)
  return found
}
