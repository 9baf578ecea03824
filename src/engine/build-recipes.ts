/** One call of `build`: recipes to tested packages in a local channel. */
import type { ExitCode } from '../errors/index.js'
import { version } from '../settings/index.js'
import { type BuildPlan, checkBuildStrings } from '../stages/plan-builds/index.js'
import type { BuildRequest } from './build-request.js'
import type { BuildContext } from './context.js'
import { noRecipes } from './errors.js'
import { failureEvent } from './failure-event.js'
import type { SourceTexts } from './locate-diagnostics.js'
import { planRecipes } from './plan-recipes.js'
import { registerSecrets } from './register-secrets.js'
import { type RenderedRecipe, renderRecipes } from './render-recipes.js'

export interface BuildSummary {
  readonly exitCode: ExitCode
  /** Absolute paths of the packages that are in the channel now. */
  readonly artifacts: readonly string[]
}

/** Builds everything; failures are emitted as events and decide the exit code, nothing is thrown. */
export async function buildRecipes(request: BuildRequest, context: BuildContext): Promise<BuildSummary> {
  const sources: SourceTexts = new Map()
  const startedMs = context.system.clock.monotonic()
  try {
    const recipes = await renderRecipes(request, { ...context, sources })
    if (recipes.length === 0) context.emit({ type: 'warning', ...noRecipes() })
    const plans = planRecipes(recipes, request, context.system.clock.now())
    checkBuildStrings(plans)
    registerSecrets(plans, context)
    announceRun(recipes, plans, request, context)
    // Mistakes in recipes are told before the stages with effects are even loaded.
    const { runPlans } = await import('./run-plans.js')
    return await runPlans(plans, { request, recipes, sources, startedMs }, context)
  } catch (error) {
    const event = failureEvent(error, undefined, { sources, signal: context.signal })
    context.emit(event)
    return { exitCode: event.exitCode as ExitCode, artifacts: [] }
  }
}

function announceRun(
  recipes: readonly RenderedRecipe[],
  plans: readonly BuildPlan[],
  request: BuildRequest,
  { emit }: BuildContext,
): void {
  const [first] = recipes
  const recipe = recipes.length === 1 && first ? first.file.shown : `${recipes.length} recipes`
  const { jobs = 1 } = request.many ?? {}
  emit({
    type: 'run-started',
    version,
    recipe,
    platform: request.plan.hostPlatform.subdir,
    outputs: plans.length,
    ...(jobs > 1 && { jobs }),
  })
}
