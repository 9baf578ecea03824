/** Renders the recipes of a call for the commands that only look at them. */
import { interpreters } from '../../interpreters/index.js'
import {
  type BuildRequest,
  planRecipes,
  type RenderedRecipe,
  registerSecrets,
  renderRecipes,
} from '../engine/index.js'
import type { ExitCode } from '../errors/index.js'
import type { Masker } from '../events/index.js'
import type { BuildPlan } from '../stages/plan-builds/index.js'
import { toBuildRequest } from './build-request.js'
import type { Invocation } from './command.js'
import { type Reported, withReporter } from './with-reporter.js'

/** What a call renders to. */
export interface RenderedCall {
  readonly recipes: readonly RenderedRecipe[]
  /** In build order, skipped outputs left out. */
  readonly plans: readonly BuildPlan[]
  /** Texts that were read, by the name they are shown under. */
  readonly texts: Map<string, string>
  /** For everything that is printed. */
  readonly masker: Masker
  readonly request: BuildRequest
}

/** Mistakes of the recipe are told, and the result is their exit code. */
export async function renderCall(
  invocation: Invocation,
  recipes: readonly string[],
): Promise<RenderedCall | ExitCode> {
  const texts = new Map<string, string>()
  const render = async (reported: Reported): Promise<RenderedCall> => {
    const request: BuildRequest = await toBuildRequest({ ...invocation, positionals: recipes }, false)
    const context = { ...reported, interpreters, sources: texts }
    const rendered = await renderRecipes(request, context)
    const plans = planRecipes(rendered, request, reported.system.clock.now())
    registerSecrets(plans, context)
    return { recipes: rendered, plans, texts, masker: reported.masker, request }
  }
  return withReporter(invocation, render, { sources: texts })
}
