/** Rendered recipes to plans, with their channels and directories. */
import { type BuildPlan, planBuilds } from '../stages/plan-builds/index.js'
import type { BuildRequest } from './build-request.js'
import { outputChannels } from './channels.js'
import type { RenderedRecipe } from './render-recipes.js'

/** The plans of a call, in build order. @param nowMs names the build directories */
export function planRecipes(
  recipes: readonly RenderedRecipe[],
  request: Pick<BuildRequest, 'plan' | 'channels'>,
  nowMs: number,
): readonly BuildPlan[] {
  const { withBuildId, ...options } = request.plan
  const files = recipes.map(({ file, outputs }) => ({
    path: file.path,
    directory: file.directory,
    outputs,
    channels: outputs.map(({ skip, variant }) => (skip ? [] : outputChannels(variant, request.channels))),
  }))
  return planBuilds(files, { ...options, buildId: withBuildId ? Math.floor(nowMs / 1000) : undefined })
}
