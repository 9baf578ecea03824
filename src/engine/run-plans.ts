/** Builds plans one after the other, tests and indexes what they give, and keeps count. */
import { pathToFileURL } from 'node:url'
import type { ExitCode } from '../errors/index.js'
import type { BuildPlan } from '../stages/plan-builds/index.js'
import type { PackagedPlan } from '../stages/write-package/index.js'
import { type BuiltPlan, buildPlan } from './build-plan.js'
import type { BuildSummary } from './build-recipes.js'
import type { BuildRequest } from './build-request.js'
import type { BuildContext } from './context.js'
import { dirtyChannel } from './dirty/directory.js'
import { failureEvent } from './failure-event.js'
import { type Existence, findExisting, reportExisting } from './find-existing.js'
import { finishPackage } from './finish-package.js'
import { listUntested, moveToBroken } from './into-channel.js'
import type { SourceTexts } from './locate-diagnostics.js'
import { createLockSession, type LockSession } from './lock-file.js'
import { prepareOutput } from './prepare-output.js'
import type { RenderedRecipe } from './render-recipes.js'
import { type StagingKeys, stagingKeys } from './staging/staging-plan.js'
import { createTestQueue, type TestQueue } from './test-queue.js'

/** A run that is about to start. */
export interface PreparedRun {
  readonly request: BuildRequest
  readonly recipes: readonly RenderedRecipe[]
  readonly sources: SourceTexts
  readonly startedMs: number
}

/** Builds all plans; a failure is told as an event and decides the exit code. */
export async function runPlans(
  plans: readonly BuildPlan[],
  prepared: PreparedRun,
  given: BuildContext,
): Promise<BuildSummary> {
  const tally: Tally = { exitCode: 0, failed: 0, tested: 0, stage: undefined, finished: [] }
  const { lock } = prepared.request
  const locks = lock && createLockSession(lock, given.system)
  const run: Run = {
    ...prepared,
    stagingKeys: stagingKeys(plans),
    names: new Set(plans.map(({ name }) => name)),
    tally,
    locks,
    context: noteStages(tally, given),
  }
  await prepareOutput(run.request.plan.outputDirectory, run.context)
  const existing = await findExisting(plans, run.request.skipExisting, run.context)
  reportExisting(existing, run.request, run.context)
  const queue = createTestQueue<BuiltPlan>(plans, ({ packaged }) => packaged)
  for (const [index, plan] of plans.entries()) {
    const place = { index, count: plans.length, existing: existing.get(plan) }
    const built = await buildOne(plan, place, run)
    await finishAll(await readyForTest(plan, built, queue, run), run)
    if (mustStop(run)) break
  }
  for (const { packaged, finished } of queue.waiting()) {
    // One that was tested in an earlier run needs no tests.
    if (finished?.tests === undefined) await withdraw(packaged, run)
  }
  // What is half solved must not replace a lock that is complete.
  if (tally.failed === 0) await locks?.write()
  announceEnd(run)
  return { exitCode: tally.exitCode, artifacts: tally.finished.map((artifact) => artifact.path) }
}

/** What the run has come to so far. */
interface Tally {
  exitCode: ExitCode
  failed: number
  tested: number
  /** The stage that runs, or ran last. */
  stage: string | undefined
  readonly finished: { readonly path: string; readonly sizeBytes: number }[]
}

/** Everything the steps of one run share. */
interface Run extends PreparedRun {
  readonly stagingKeys: StagingKeys
  /** Of all packages that are built. */
  readonly names: ReadonlySet<string>
  readonly tally: Tally
  readonly locks: LockSession | undefined
  readonly context: BuildContext
}

function noteStages(tally: Tally, context: BuildContext): BuildContext {
  return {
    ...context,
    emit: (event) => {
      if (event.type === 'stage-started') tally.stage = event.stage
      context.emit(event)
    },
  }
}

function mustStop({ tally, request, context }: Run): boolean {
  return context.signal.aborted || (tally.failed > 0 && !request.continueOnFailure)
}

/** Which of how many outputs, and what channels have of it. */
interface Place {
  readonly index: number
  readonly count: number
  readonly existing: Existence | undefined
}

/** Undefined when the output was skipped or failed. */
async function buildOne(
  plan: BuildPlan,
  { existing, ...place }: Place,
  run: Run,
): Promise<BuiltPlan | undefined> {
  const { request, context, stagingKeys: keys } = run
  return attempt(plan.id, run, async () => {
    if (existing?.kind === 'exists') {
      const isLocal = existing.channel === `${pathToFileURL(plan.directories.output).href}/`
      const reason = `it is in ${isLocal ? 'the local channel' : existing.channel} already`
      context.emit({ type: 'output-skipped', output: plan.id, reason })
      return undefined
    }
    const { id: output, name, version: packageVersion, buildString: build } = plan
    const { variant } = plan.output
    context.emit({ type: 'output-started', output, name, version: packageVersion, build, variant, ...place })
    const lock = await run.locks?.lockOf(plan)
    const { dirty } = request.build
    const options = { ...request.build, dirty: dirty && { ...dirty, siblings: run.names } }
    return buildPlan(plan, { ...options, lock, stagingKeys: keys }, context)
  })
}

/** Lists a package at once when its tests have to wait, or others have waited for it: one of both needs it. */
async function readyForTest(
  plan: BuildPlan,
  built: BuiltPlan | undefined,
  queue: TestQueue<BuiltPlan>,
  run: Run,
): Promise<readonly BuiltPlan[]> {
  if (built === undefined) return queue.failed(plan)
  const ready = queue.built(built)
  const isAlone = ready.length === 1 && ready[0] === built
  if (!isAlone) await attempt(plan.id, run, () => listUntested(built.packaged, run.context))
  return ready
}

/** The run ended before its tests could run: nobody may take it for a tested package. */
async function withdraw(packaged: PackagedPlan, { context }: Run): Promise<void> {
  await moveToBroken(packaged, context)
  const text = `the run ended before the tests of ${packaged.artifact.fileName}: the package is in broken/`
  context.emit({ type: 'note', output: packaged.id, text })
}

async function finishAll(ready: readonly BuiltPlan[], run: Run): Promise<void> {
  const { recipes, request, tally, context } = run
  for (const built of ready) {
    const { packaged, stages } = built
    const recipeText = recipes.find(({ file }) => file.path === packaged.recipePath)?.file.text ?? ''
    const options = { ...request.finish, recipeText }
    const tested = await attempt(packaged.id, run, () => finishPackage(built, options, context))
    if (tested === undefined) continue
    const { path, sizeBytes } = tested.artifact
    tally.finished.push({ path, sizeBytes })
    if (tested.tests.skipped === undefined) tally.tested += 1
    const ms = stages.reduce((sum, stage) => sum + stage.ms, 0)
    context.emit({ type: 'output-finished', output: packaged.id, path, ms })
  }
}

/** Runs one step of one output; a failure is told, counted, and answered with undefined. */
async function attempt<T>(output: string, run: Run, step: () => Promise<T>): Promise<T | undefined> {
  const { sources, tally, context } = run
  try {
    return await step()
  } catch (error) {
    const event = failureEvent(error, output, { sources, signal: context.signal, stage: tally.stage })
    context.emit(event)
    tally.failed += 1
    if (tally.exitCode === 0) tally.exitCode = event.exitCode as ExitCode
    return undefined
  }
}

function announceEnd({ request, tally, startedMs, context }: Run): void {
  const { failed, tested, finished: artifacts } = tally
  const ms = context.system.clock.monotonic() - startedMs
  const { outputDirectory } = request.plan
  const channel = request.build.dirty ? dirtyChannel(outputDirectory) : outputDirectory
  context.emit({ type: 'run-finished', built: artifacts.length, failed, tested, channel, artifacts, ms })
}
