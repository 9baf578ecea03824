/** Stage 3: orders the outputs of all recipes and fixes directories and platforms. */
export { checkBuildStrings } from './check-build-strings.js'
export { placeDirectories } from './directories.js'
export { neededNames, packageNameOf } from './order-outputs.js'
export { type PlanOptions, planBuilds, type RenderedRecipeFile, withBuildId } from './plan-builds.js'
export type * from './types.js'
