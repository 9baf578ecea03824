/** The library: the stages of a build, the types between them, and what they stand on. */

export { interpreters } from '../interpreters/index.js'
export * from './conda/index.js'
export { type BuildContext, type BuildRequest, type BuildSummary, buildRecipes } from './engine/index.js'
export {
  BuildError,
  type Diagnostic,
  type ErrorCode,
  type ExitCode,
  exitCodeOf,
  isBuildError,
} from './errors/index.js'
export { type BuildEvent, type Bus, createBus, createMasker, type Emit, type Masker } from './events/index.js'
export type * from './recipe/index.js'
export { version } from './settings/index.js'
export { type FetchedSource, fetchSources, type SourcedPlan } from './stages/fetch-sources/index.js'
export { type ChannelIndex, indexChannel } from './stages/index-channel/index.js'
export {
  type InstalledPlan,
  installPrefixes,
  type Prefix,
  type PrefixRecord,
} from './stages/install-prefixes/index.js'
export { loadRecipe, loadVariantFile } from './stages/load-recipe/index.js'
export { type BuildPlan, planBuilds } from './stages/plan-builds/index.js'
export { renderJson, renderOutputs } from './stages/render-outputs/index.js'
export {
  type Interpreter,
  type InterpreterRegistry,
  runScript,
  type ScriptResult,
} from './stages/run-script/index.js'
export { type SolvedPlan, solve, solveEnvironments } from './stages/solve-environments/index.js'
export { type TestedPlan, testPackage } from './stages/test-package/index.js'
export { type Artifact, type PackagedPlan, writePackage } from './stages/write-package/index.js'
export { createSystem, type StageContext, type System } from './system/index.js'
