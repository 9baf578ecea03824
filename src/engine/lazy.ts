/** Doors to what only some commands need; it is loaded when it is called, because every start pays for the rest. */
import type * as bump from './bump/bump-recipe.js'
import type * as add from './debug/add-packages.js'
import type * as patch from './debug/create-patch.js'
import type * as again from './debug/run-again.js'
import type * as setUp from './debug/set-up.js'
import type * as builds from './diff/compare-builds.js'
import type * as dirty from './dirty/explain.js'
import type * as reset from './dirty/reset.js'
import type * as solved from './explain/explain-solved.js'
import type * as fetch from './fetch-all-sources.js'
import type * as fix from './fix/fix-recipes.js'
import type * as check from './package/check.js'
import type * as diff from './package/diff.js'
import type * as extract from './package/extract.js'
import type * as inspect from './package/inspect.js'
import type * as promotion from './publish/promote.js'
import type * as files from './publish/publish-files.js'
import type * as recipes from './publish/publish-recipes.js'
import type * as rebuild from './rebuild/rebuild.js'
import type * as retry from './retry/retry-build.js'
import type * as watching from './watch/watch-builds.js'

/** See `bump/bump-recipe.ts`. */
export const bumpRecipe: typeof bump.bumpRecipe = async (...words) =>
  (await import('./bump/bump-recipe.js')).bumpRecipe(...words)

/** See `debug/add-packages.ts`. */
export const addPackages: typeof add.addPackages = async (...words) =>
  (await import('./debug/add-packages.js')).addPackages(...words)

/** See `debug/create-patch.ts`. */
export const createPatches: typeof patch.createPatches = async (...words) =>
  (await import('./debug/create-patch.js')).createPatches(...words)

/** See `debug/run-again.ts`. */
export const runAgain: typeof again.runAgain = async (...words) =>
  (await import('./debug/run-again.js')).runAgain(...words)

/** See `debug/run-again.ts`. */
export const openShell: typeof again.openShell = async (...words) =>
  (await import('./debug/run-again.js')).openShell(...words)

/** See `debug/set-up.ts`. */
export const setUpDebug: typeof setUp.setUpDebug = async (...words) =>
  (await import('./debug/set-up.js')).setUpDebug(...words)

/** See `fetch-all-sources.ts`. */
export const fetchAllSources: typeof fetch.fetchAllSources = async (...words) =>
  (await import('./fetch-all-sources.js')).fetchAllSources(...words)

/** See `package/inspect.ts`. */
export const inspectPackage: typeof inspect.inspectPackage = async (...words) =>
  (await import('./package/inspect.js')).inspectPackage(...words)

/** See `package/extract.ts`. */
export const extractPackageFile: typeof extract.extractPackageFile = async (...words) =>
  (await import('./package/extract.js')).extractPackageFile(...words)

/** See `package/diff.ts`. */
export const diffPackages: typeof diff.diffPackages = async (...words) =>
  (await import('./package/diff.js')).diffPackages(...words)

/** See `package/check.ts`. */
export const checkPackage: typeof check.checkPackage = async (...words) =>
  (await import('./package/check.js')).checkPackage(...words)

/** See `rebuild/rebuild.ts`. */
export async function rebuildPackage<T>(...words: Parameters<typeof rebuild.rebuildPackage<T>>): Promise<T> {
  return (await import('./rebuild/rebuild.js')).rebuildPackage(...words)
}

/** See `fix/fix-recipes.ts`. */
export const fixRecipes: typeof fix.fixRecipes = async (...words) =>
  (await import('./fix/fix-recipes.js')).fixRecipes(...words)

/** See `publish/publish-files.ts`. */
export const publishFiles: typeof files.publishFiles = async (...words) =>
  (await import('./publish/publish-files.js')).publishFiles(...words)

/** See `publish/publish-recipes.ts`. */
export const publishRecipes: typeof recipes.publishRecipes = async (...words) =>
  (await import('./publish/publish-recipes.js')).publishRecipes(...words)

/** See `publish/promote.ts`. */
export const removeFromChannel: typeof promotion.removeFromChannel = async (...words) =>
  (await import('./publish/promote.js')).removeFromChannel(...words)

/** See `publish/promote.ts`. */
export const promote: typeof promotion.promote = async (...words) =>
  (await import('./publish/promote.js')).promote(...words)

/** See `dirty/explain.ts`. */
export const explainDirty: typeof dirty.explainDirty = async (...words) =>
  (await import('./dirty/explain.js')).explainDirty(...words)

/** See `dirty/reset.ts`. */
export const resetDirty: typeof reset.resetDirty = async (...words) =>
  (await import('./dirty/reset.js')).resetDirty(...words)

/** See `diff/compare-builds.ts`. */
export const compareBuilds: typeof builds.compareBuilds = async (...words) =>
  (await import('./diff/compare-builds.js')).compareBuilds(...words)

/** See `diff/compare-builds.ts`. */
export const isCompared: typeof builds.isCompared = async (...words) =>
  (await import('./diff/compare-builds.js')).isCompared(...words)

/** See `explain/explain-solved.ts`. */
export const explainRunDependency: typeof solved.explainRunDependency = async (...words) =>
  (await import('./explain/explain-solved.js')).explainRunDependency(...words)

/** See `watch/watch-builds.ts`. */
export const watchBuilds: typeof watching.watchBuilds = async (...words) =>
  (await import('./watch/watch-builds.js')).watchBuilds(...words)

/** See `retry/retry-build.ts`. */
export const retryBuild: typeof retry.retryBuild = async (...words) =>
  (await import('./retry/retry-build.js')).retryBuild(...words)
