/** What a run does for each output: builds it, lists it, tests it, and counts what became of it. */
import type { ExitCode } from '../../errors/index.js'
import type { BuildPlan } from '../../stages/plan-builds/index.js'
import type { TestedPlan } from '../../stages/test-package/index.js'
import { type BuiltPlan, buildPlan } from '../build-plan.js'
import type { BuildContext } from '../context.js'
import { failureEvent } from '../failure-event.js'
import { finishPackage } from '../finish-package.js'
import { listUntested, moveAside } from '../into-channel.js'
import { packageFile } from './identity.js'
import { ownContext } from './own-context.js'
import { type Run, textOf } from './run.js'
import type { OutputWork } from './run-outputs.js'
import type { Dropped } from './schedule.js'

/** The steps of a run; failures are told, counted, and answered. */
export function outputWork(run: Run): OutputWork {
  return {
    build: (at) => buildOne(at, run),
    list: (at, built) => list(at, built, run),
    finish: (at, built) => finish(at, built, run),
    drop: (dropped, built) => drop(dropped, built, run),
    mustStop: () => mustStop(run),
  }
}

function mustStop({ tally, request, startedMs, context }: Run): boolean {
  const { timeBudgetMs } = request.many ?? {}
  const isLate = timeBudgetMs !== undefined && context.system.clock.monotonic() - startedMs >= timeBudgetMs
  return isLate || context.signal.aborted || (tally.failed > 0 && !request.continueOnFailure)
}

/** `present` when the output was skipped, undefined when it failed. */
async function buildOne(at: number, run: Run): Promise<BuiltPlan | 'present' | 'unpackaged' | undefined> {
  const plan = planAt(at, run)
  return attempt(plan, run, async (context) => {
    const reason = run.finished.get(at)
    if (reason !== undefined) {
      context.emit({ type: 'output-skipped', output: plan.id, reason })
      return 'present'
    }
    const lock = await run.locks?.lockOf(plan)
    const { dirty } = run.request.build
    const options = { ...run.request.build, lock, stagingKeys: run.stagingKeys }
    const begin = () => announceStart(at, plan, run)
    if (!dirty) {
      begin()
      return buildPlan(plan, { ...options, dirty: undefined }, context)
    }
    const { buildDirty } = await import('../dirty/build-dirty.js')
    return buildDirty(plan, { ...options, dirty: { ...dirty, siblings: run.names }, begin }, context)
  })
}

function planAt(at: number, { graph }: Run): BuildPlan {
  const plan = graph[at]?.plan
  if (plan === undefined) throw new Error(`there is no output ${at}`)
  return plan
}

function announceStart(index: number, plan: BuildPlan, { graph, context }: Run): void {
  const { id: output, name, version, buildString: build } = plan
  const { variant } = plan.output
  const count = graph.length
  context.emit({ type: 'output-started', output, name, version, build, variant, index, count })
}

/** A package whose tests have to wait, or that others have waited for: one of both needs it in the channel. */
async function list(at: number, { packaged }: BuiltPlan, run: Run): Promise<boolean> {
  const listed = await attempt(planAt(at, run), run, async (context) => {
    await listUntested(packaged, context)
    return true
  })
  return listed ?? false
}

async function finish(at: number, built: BuiltPlan, run: Run): Promise<boolean> {
  const { packaged, stages } = built
  const { recipes, request, tally, context, journal } = run
  const options = { ...request.finish, recipeText: textOf(packaged.recipePath, recipes) }
  const tested = await attempt(planAt(at, run), run, async (own) => {
    const result = await finishPackage(built, options, own)
    await journal?.add(entryOf(result, journal.identities[at] ?? ''))
    return result
  })
  if (tested === undefined) return false
  const { path, sizeBytes } = tested.artifact
  tally.artifacts.push({ path, sizeBytes })
  if (tested.tests.skipped === undefined) tally.tested += 1
  const ms = stages.reduce((sum, stage) => sum + stage.ms, 0)
  context.emit({ type: 'output-finished', output: packaged.id, path, ms })
  return true
}

function entryOf(tested: TestedPlan, identity: string) {
  const { sha256, sizeBytes: size } = tested.artifact
  return { file: packageFile(tested), identity, sha256, size }
}

/** Told when others go on; a run that ends has its own words for what it leaves behind. */
async function drop({ at, cause }: Dropped, built: BuiltPlan | undefined, run: Run): Promise<void> {
  const { request, tally, context } = run
  if (!request.continueOnFailure || context.signal.aborted) {
    tally.left += 1
    if (built !== undefined) await withdrawLate(built, run)
    return
  }
  if (built !== undefined) await moveAside(built.packaged, 'untested', context)
  const failed = planAt(cause, run).id
  tally.failures.get(failed)?.push(planAt(at, run).id)
  const place = built === undefined ? '' : '; its package is in untested/'
  const reason = `${failed} failed${place}`
  context.emit({ type: 'output-skipped', output: planAt(at, run).id, reason, cause: failed })
}

/** The run ended before its tests could run: nobody may take it for a tested package. */
export async function withdrawLate({ packaged, finished }: BuiltPlan, { context }: Run): Promise<void> {
  // One that was tested in an earlier run needs no tests.
  if (finished?.tests !== undefined) return
  await moveAside(packaged, 'untested', context)
  const text = `the run ended before the tests of ${packaged.artifact.fileName}: the package is in untested/`
  context.emit({ type: 'note', output: packaged.id, text })
}

/** Runs one step of one output; a failure is told, counted, and answered with undefined. */
async function attempt<T>(
  { id }: BuildPlan,
  { sources, tally, context }: Run,
  step: (context: BuildContext) => Promise<T>,
): Promise<T | undefined> {
  const own = ownContext(id, context)
  try {
    return await step(own)
  } catch (error) {
    const event = failureEvent(error, id, { sources, signal: context.signal, stage: own.stage() })
    context.emit(event)
    tally.failed += 1
    tally.failures.set(id, [])
    if (tally.exitCode === 0) tally.exitCode = event.exitCode as ExitCode
    return undefined
  }
}
