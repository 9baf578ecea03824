/** One call of `build`: recipes to tested packages in a local channel. */
import type { ExitCode } from '../errors/index.js'
import { version } from '../settings/index.js'
import { type BuildPlan, type PlanOptions, planBuilds } from '../stages/plan-builds/index.js'
import { type BuildPlanOptions, type BuiltPlan, buildPlan } from './build-plan.js'
import { type ChannelRequest, outputChannels } from './channels.js'
import type { BuildContext } from './context.js'
import { failureEvent } from './failure-event.js'
import { findExisting, type SkipExisting } from './find-existing.js'
import { findRecipes, type RecipeSelection } from './find-recipes.js'
import { type FinishOptions, finishPackage } from './finish-package.js'
import type { SourceTexts } from './locate-diagnostics.js'
import { prepareOutput } from './prepare-output.js'
import { type RenderedRecipe, type RenderRequest, renderRecipe } from './render-recipes.js'
import { createTestQueue } from './test-queue.js'

export interface BuildRequest {
  readonly recipes: RecipeSelection
  readonly render: RenderRequest
  readonly channels: ChannelRequest
  readonly plan: Omit<PlanOptions, 'buildId'> & { readonly withBuildId: boolean }
  readonly build: BuildPlanOptions
  readonly finish: Omit<FinishOptions, 'recipeText'>
  readonly skipExisting: SkipExisting
  readonly continueOnFailure: boolean
}

export interface BuildSummary {
  readonly exitCode: ExitCode
}

/** Builds everything; failures are emitted as events and decide the exit code, nothing is thrown. */
export async function buildRecipes(request: BuildRequest, context: BuildContext): Promise<BuildSummary> {
  const sources: SourceTexts = new Map()
  const startedMs = context.system.clock.monotonic()
  try {
    const recipes = await renderRecipes(request, { ...context, sources })
    const plans = planAll(recipes, request, context)
    announceRun(recipes, plans, request, context)
    await prepareOutput(request.plan.outputDirectory, context)
    const tally: Tally = { exitCode: 0, failed: 0, tested: 0, stage: undefined, finished: [] }
    return await runPlans(plans, {
      request,
      recipes,
      sources,
      startedMs,
      tally,
      context: noteStages(tally, context),
    })
  } catch (error) {
    const event = failureEvent(error, undefined, { sources, signal: context.signal })
    context.emit(event)
    return { exitCode: event.exitCode as ExitCode }
  }
}

/** Loads and renders every recipe of the call, in order. */
export async function renderRecipes(
  request: Pick<BuildRequest, 'recipes' | 'render'>,
  context: BuildContext & { readonly sources: SourceTexts },
): Promise<readonly RenderedRecipe[]> {
  const rendered: RenderedRecipe[] = []
  for (const file of await findRecipes(request.recipes, context.system)) {
    rendered.push(await renderRecipe(file, request.render, context))
  }
  return rendered
}

function planAll(
  recipes: readonly RenderedRecipe[],
  request: BuildRequest,
  context: BuildContext,
): readonly BuildPlan[] {
  const { withBuildId, ...options } = request.plan
  const buildId = withBuildId ? Math.floor(context.system.clock.now() / 1000) : undefined
  const files = recipes.map(({ file, outputs }) => ({
    path: file.path,
    directory: file.directory,
    outputs,
    channels: outputs.map(({ variant }) => outputChannels(variant, request.channels)),
  }))
  return planBuilds(files, { ...options, buildId })
}

function announceRun(
  recipes: readonly RenderedRecipe[],
  plans: readonly BuildPlan[],
  request: BuildRequest,
  { emit }: BuildContext,
): void {
  const [first] = recipes
  const recipe = recipes.length === 1 && first ? first.file.shown : `${recipes.length} recipes`
  emit({
    type: 'run-started',
    version,
    recipe,
    platform: request.plan.hostPlatform.subdir,
    outputs: plans.length,
  })
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
interface Run {
  readonly request: BuildRequest
  readonly recipes: readonly RenderedRecipe[]
  readonly sources: SourceTexts
  readonly startedMs: number
  readonly tally: Tally
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

async function runPlans(plans: readonly BuildPlan[], run: Run): Promise<BuildSummary> {
  const queue = createTestQueue<BuiltPlan>(plans, ({ packaged }) => packaged)
  for (const [index, plan] of plans.entries()) {
    const built = await buildOne(plan, { index, count: plans.length }, run)
    await finishAll(built === undefined ? queue.failed(plan) : queue.built(built), run)
    if (mustStop(run)) break
  }
  announceEnd(run)
  return { exitCode: run.tally.exitCode }
}

function mustStop({ tally, request, context }: Run): boolean {
  return context.signal.aborted || (tally.failed > 0 && !request.continueOnFailure)
}

/** Undefined when the output was skipped or failed. */
async function buildOne(
  plan: BuildPlan,
  place: { readonly index: number; readonly count: number },
  run: Run,
): Promise<BuiltPlan | undefined> {
  const { request, context } = run
  return attempt(plan.id, run, async () => {
    const reason = await findExisting(plan, request.skipExisting, context)
    if (reason !== undefined) {
      context.emit({ type: 'output-skipped', output: plan.id, reason })
      return undefined
    }
    const { id: output, name, version: packageVersion, buildString: build } = plan
    const { variant } = plan.output
    context.emit({ type: 'output-started', output, name, version: packageVersion, build, variant, ...place })
    return buildPlan(plan, request.build, context)
  })
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
  const channel = request.plan.outputDirectory
  context.emit({ type: 'run-finished', built: artifacts.length, failed, tested, channel, artifacts, ms })
}
