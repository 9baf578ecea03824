/** Decides what runs next: builds and tests of outputs, each once, never before what they need, never too many at once. */
import type { OutputNode } from './output-graph.js'

/** Something to do for one output, by its number. */
export interface Task {
  readonly kind: 'build' | 'test'
  readonly at: number
}

/** An output that is not built, or not tested, because another one failed. */
export interface Dropped {
  readonly at: number
  /** The output that failed. */
  readonly cause: number
  /** Its package was built and waits for its tests. */
  readonly wasBuilt: boolean
}

export interface ScheduleOptions {
  /** How many tasks run at once. */
  readonly jobs: number
  /** Outputs that need nothing any more, because their packages exist. */
  readonly present?: ReadonlySet<number>
}

export interface Schedule {
  /** Tasks that start now: tests before builds, then in the order of the outputs. */
  next(): readonly Task[]
  /** A build has ended. True when the package has to be listed in the channel before its tests. */
  built(at: number): boolean
  /** The package is in the channel, untested. */
  listed(at: number): void
  /** The package is tested and in the channel, or was before. */
  done(at: number): void
  failed(at: number): void
  /** Outputs that fell with others since the last call. */
  takeDropped(): readonly Dropped[]
  /** Starts no build any more; tests of what is built go on. */
  stop(): void
  /** What neither ended nor was dropped. `wasBuilt`: its tests are missing. */
  left(): readonly Omit<Dropped, 'cause'>[]
}

type State = 'waiting' | 'building' | 'listing' | 'built' | 'testing' | 'done' | 'failed' | 'dropped'

/** A schedule in which nothing has started. */
export function createSchedule(
  nodes: readonly Pick<OutputNode, 'builtFrom' | 'afterTestsOf' | 'testedWith' | 'fallsWith'>[],
  { jobs, present = new Set() }: ScheduleOptions,
): Schedule {
  const states = nodes.map((): State => 'waiting')
  const listed = new Set<number>()
  const causes = new Map<number, number>()
  const dropped: Dropped[] = []
  let isStopped = false
  const is = (at: number, ...kinds: readonly State[]) => kinds.includes(states[at] ?? 'done')
  const hasEnded = (at: number) => is(at, 'done', 'failed', 'dropped')
  const isUsable = (at: number) => listed.has(at) || hasEnded(at)
  const canBuild = (at: number) => {
    if (isStopped || !is(at, 'waiting')) return false
    const { builtFrom = [], afterTestsOf = [] } = nodes[at] ?? {}
    return present.has(at) || (builtFrom.every(isUsable) && afterTestsOf.every(hasEnded))
  }
  const canTest = (at: number) => is(at, 'built') && (nodes[at]?.testedWith ?? []).every(isUsable)
  const find = (kind: Task['kind'], can: (at: number) => boolean): Task | undefined => {
    const at = states.findIndex((_, index) => can(index))
    return at === -1 ? undefined : { kind, at }
  }
  /** Drops what cannot go on; what still runs is asked again when it ends. */
  const dropAll = () => {
    for (let changed = true; changed; ) {
      changed = false
      for (const [at, { fallsWith }] of nodes.entries()) {
        if (!is(at, 'waiting', 'built') || present.has(at)) continue
        const need = fallsWith.find((index) => causes.has(index))
        const cause = need === undefined ? undefined : causes.get(need)
        if (cause === undefined) continue
        dropped.push({ at, cause, wasBuilt: is(at, 'built') })
        states[at] = 'dropped'
        causes.set(at, cause)
        changed = true
      }
    }
  }
  const settle = (at: number, state: State) => {
    states[at] = state
    dropAll()
  }
  return {
    next: () => {
      const tasks: Task[] = []
      let running = states.filter((_, at) => is(at, 'building', 'listing', 'testing')).length
      for (; running < jobs; running += 1) {
        const task = find('test', canTest) ?? find('build', canBuild)
        if (task === undefined) break
        states[task.at] = task.kind === 'test' ? 'testing' : 'building'
        tasks.push(task)
      }
      return tasks
    },
    built: (at) => {
      states[at] = 'built'
      const isAwaited = nodes.some(({ testedWith }, other) => is(other, 'built') && testedWith.includes(at))
      const mustList = isAwaited || !canTest(at)
      if (mustList) states[at] = 'listing'
      else dropAll()
      return mustList
    },
    listed: (at) => {
      listed.add(at)
      settle(at, 'built')
    },
    done: (at) => settle(at, 'done'),
    failed: (at) => {
      causes.set(at, at)
      settle(at, 'failed')
    },
    takeDropped: () => dropped.splice(0),
    stop: () => {
      isStopped = true
    },
    left: () =>
      states.flatMap((_, at) => (is(at, 'waiting', 'built') ? [{ at, wasBuilt: is(at, 'built') }] : [])),
  }
}
