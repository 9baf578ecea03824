/** Renders the recipes of a call for the commands that only look at them. */
import { interpreters } from '../../interpreters/index.js'
import {
  type BuildRequest,
  failureEvent,
  planRecipes,
  type RenderedRecipe,
  registerSecrets,
  renderRecipes,
} from '../engine/index.js'
import type { ExitCode } from '../errors/index.js'
import { createBus, type Masker } from '../events/index.js'
import type { BuildPlan } from '../stages/plan-builds/index.js'
import { toBuildRequest } from './build-request.js'
import { createCallMasker } from './call-masker.js'
import { chooseReporter } from './choose-reporter.js'
import type { Invocation } from './command.js'
import { openNetwork } from './open-network.js'

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
  const { signal, settings, stderr } = invocation
  const masker = createCallMasker(invocation)
  const bus = createBus(masker)
  const reporter = chooseReporter(settings.values, stderr, invocation.system)
  bus.subscribe(reporter.emit)
  const system = openNetwork(invocation, bus)
  const texts = new Map<string, string>()
  try {
    const request: BuildRequest = await toBuildRequest({ ...invocation, positionals: recipes }, false)
    const context = { system, signal, emit: bus.emit, masker, interpreters, sources: texts }
    const rendered = await renderRecipes(request, context)
    const plans = planRecipes(rendered, request, system.clock.now())
    registerSecrets(plans, context)
    return { recipes: rendered, plans, texts, masker, request }
  } catch (error) {
    const event = failureEvent(error, undefined, { sources: texts, signal })
    bus.emit(event)
    return event.exitCode as ExitCode
  } finally {
    reporter.close()
  }
}
