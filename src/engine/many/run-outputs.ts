/** Runs the builds and tests of a schedule, as many at once as it allows, until nothing can start any more. */
import type { BuiltPlan } from '../build-plan.js'
import type { OutputNode } from './output-graph.js'
import { createSchedule, type Dropped, type Schedule, type Task } from './schedule.js'

/** What the tasks do; none of them rejects when an output fails. */
export interface OutputWork {
  /** Undefined when it failed; `present` when its package was there before. */
  build(at: number): Promise<BuiltPlan | 'present' | 'unpackaged' | undefined>
  /** Puts an untested package into the channel. @returns whether that worked */
  list(at: number, built: BuiltPlan): Promise<boolean>
  /** Tests a package and moves it into the channel. @returns whether that worked */
  finish(at: number, built: BuiltPlan): Promise<boolean>
  /** An output fell with another one; `built` when it was waiting for its tests. */
  drop(dropped: Dropped, built: BuiltPlan | undefined): Promise<void>
  /** Nothing more may be built. */
  mustStop(): boolean
}

export interface RunOutputsOptions {
  readonly jobs: number
  readonly present: ReadonlySet<number>
}

/** What a run did not come to. */
export interface Leftover {
  readonly at: number
  /** The package that could not be tested any more. */
  readonly built: BuiltPlan | undefined
}

/** @returns the outputs that were not started, or not tested */
export async function runOutputs(
  graph: readonly OutputNode[],
  work: OutputWork,
  options: RunOutputsOptions,
): Promise<readonly Leftover[]> {
  const schedule = createSchedule(graph, options)
  const packages = new Map<number, BuiltPlan>()
  const running = new Set<Promise<void>>()
  try {
    for (;;) {
      for (const dropped of schedule.takeDropped()) await work.drop(dropped, packages.get(dropped.at))
      if (work.mustStop()) schedule.stop()
      for (const task of schedule.next()) {
        const ended: Promise<void> = runTask(task, { schedule, packages, work }).finally(() =>
          running.delete(ended),
        )
        running.add(ended)
      }
      if (running.size === 0) break
      await Promise.race(running)
    }
  } finally {
    // Whatever went wrong here, nothing may go on behind the end of the run.
    await Promise.allSettled(running)
  }
  return schedule.left().map(({ at }) => ({ at, built: packages.get(at) }))
}

interface TaskTools {
  readonly schedule: Schedule
  readonly packages: Map<number, BuiltPlan>
  readonly work: OutputWork
}

async function runTask({ kind, at }: Task, tools: TaskTools): Promise<void> {
  const { schedule, packages, work } = tools
  const built = packages.get(at)
  if (kind === 'build') return runBuild(at, tools)
  if (built !== undefined && (await work.finish(at, built))) schedule.done(at)
  else schedule.failed(at)
}

async function runBuild(at: number, { schedule, packages, work }: TaskTools): Promise<void> {
  const built = await work.build(at)
  if (built === undefined) return schedule.failed(at)
  if (built === 'present' || built === 'unpackaged') return schedule.done(at)
  packages.set(at, built)
  if (!schedule.built(at)) return
  if (await work.list(at, built)) schedule.listed(at)
  else schedule.failed(at)
}
