/** Builds the plans of a run, tests and indexes what they give, and tells how it ended. */
import { type ExitCode, isBuildError } from '../errors/index.js'
import type { BuildPlan } from '../stages/plan-builds/index.js'
import type { BuildSummary } from './build-recipes.js'
import type { BuildContext } from './context.js'
import { dirtyChannel } from './dirty/directory.js'
import { timeBudgetSpent } from './errors.js'
import { failureEvent } from './failure-event.js'
import { outputWork, withdrawLate } from './many/output-work.js'
import { openRun, type PreparedRun, type Run } from './many/run.js'
import { type Leftover, runOutputs } from './many/run-outputs.js'

/** Builds all plans; a failure is told as an event and decides the exit code. */
export async function runPlans(
  plans: readonly BuildPlan[],
  prepared: PreparedRun,
  context: BuildContext,
): Promise<BuildSummary> {
  const run = await openRun(plans, prepared, context)
  const { graph, finished, tally, request, locks } = run
  const options = { jobs: request.many?.jobs ?? 1, present: new Set(finished.keys()) }
  const left = await runOutputs(graph, outputWork(run), options)
  for (const { built } of left) if (built !== undefined) await withdrawLate(built, run)
  // What is half solved must not replace a lock that is complete.
  if (tally.failed === 0 && left.length === 0) await locks?.write(plans)
  announceEnd(left, run)
  return { exitCode: tally.exitCode, artifacts: tally.artifacts.map((artifact) => artifact.path) }
}

function announceEnd(leftovers: readonly Leftover[], run: Run): void {
  const { graph, request, tally, startedMs, context, finished } = run
  const { failed, tested, artifacts } = tally
  const ms = context.system.clock.monotonic() - startedMs
  const left = leftovers.length + tally.left
  if (left > 0 && failed === 0) announceLate(left, run)
  const { outputDirectory } = request.plan
  const { dirty } = request.build
  const channel = dirty && !dirty.intoChannel ? dirtyChannel(outputDirectory) : outputDirectory
  const failures = [...tally.failures].map(([output, skipped]) => ({ output, skipped }))
  const skipped = failures.reduce((sum, failure) => sum + failure.skipped.length, 0)
  const counts = {
    ...(finished.size > 0 && { present: finished.size }),
    ...(skipped > 0 && { skipped }),
    ...(left > 0 && { left, ...(dirty && { isDirty: true as const }) }),
    ...(isInterrupted(context.signal) && { isInterrupted: true as const }),
    ...(graph.length > 1 && failed > 0 && { failures }),
  }
  const summary = { built: artifacts.length, failed, tested, ...counts, channel, artifacts, ms }
  context.emit({ type: 'run-finished', ...summary })
}

/** A run whose time is up ends itself, and says so. */
function isInterrupted({ aborted, reason }: AbortSignal): boolean {
  return aborted && !isBuildError(reason)
}

/** Nothing failed, but not everything was built, for the time was up or the user interrupted: scripts have to see that. */
function announceLate(left: number, { sources, tally, graph, request, context }: Run): void {
  const error = timeBudgetSpent(left, graph.length, request.build.dirty !== undefined)
  const event = failureEvent(error, undefined, { sources, signal: context.signal })
  context.emit(event)
  tally.exitCode = event.exitCode as ExitCode
}
