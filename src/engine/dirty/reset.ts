/** `--dirty-reset`: forgets what dirty builds keep for recipes and variants. */
import { withLock } from '../../stages/install-prefixes/index.js'
import type { BuildRequest } from '../build-request.js'
import type { BuildContext } from '../context.js'
import type { SourceTexts } from '../locate-diagnostics.js'
import { planRecipes } from '../plan-recipes.js'
import { renderRecipes } from '../render-recipes.js'
import { inDirtyDirectory, lockOf } from './directory.js'
import { directoryInUse } from './errors.js'

/** @returns the directories that were removed, absolute @throws BuildError `usage/directory-in-use` */
export async function resetDirty(
  request: BuildRequest,
  context: BuildContext & { readonly sources: SourceTexts },
): Promise<readonly string[]> {
  const recipes = await renderRecipes(request, context)
  const removed: string[] = []
  for (const plan of planRecipes(recipes, request, context.system.clock.now())) {
    const placed = inDirtyDirectory(plan)
    const { build } = placed.directories
    if ((await context.system.fs.lstat(build)) === undefined) continue
    await withLock(
      lockOf(placed),
      context,
      () => context.system.fs.remove(build),
      (holder) => directoryInUse(build, holder?.pid),
    )
    removed.push(build)
  }
  return removed
}
