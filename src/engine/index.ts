/** Runs the stages in order: graph of outputs, tests, cleaning up, failures. */
export { type BuildSummary, buildRecipes } from './build-recipes.js'
export type { BuildRequest } from './build-request.js'
export type { Bump, BumpOptions } from './bump/bump-recipe.js'
export { type ChannelRequest, outputChannels } from './channels.js'
export { checkPackageSecrets } from './check-secrets.js'
export { compareRenderings, formatChange, formatComparison } from './compare-renderings.js'
export type { BuildContext } from './context.js'
export type { AddedPackages } from './debug/add-packages.js'
export type { SourcePatch } from './debug/create-patch.js'
export { type DebugState, findDebugState, toDebugPlaces } from './debug/debug-state.js'
export { selectDebugOutput } from './debug/select-output.js'
export type { DebugSetup } from './debug/set-up.js'
export type { BuildDifference } from './diff/compare-builds.js'
export { compareVariants } from './diff/compare-variants.js'
export { formatBuildDifference, formatVariantDifference } from './diff/format-difference.js'
export { dirtySteps } from './dirty/types.js'
export type { DescribeRequest } from './environment/describe-variables.js'
export {
  diffVariables,
  type EnvironmentDifference,
  formatDifference,
} from './environment/diff-environments.js'
export { describeSource, formatEnvironment } from './environment/format-environment.js'
export { describeEnvironment, findScriptVariables } from './environment/look.js'
export type { EnvironmentDescription } from './environment/types.js'
export { noRecipes, packageFileMissing } from './errors.js'
export { noVariable } from './explain/errors.js'
export { explain } from './explain/explain.js'
export type { AnyExplanation, VariableExplanation } from './explain/explain-solved.js'
export { formatExplanations } from './explain/format-explanation.js'
export { formatRenderings } from './explain/format-rendering.js'
export { formatRunDependency } from './explain/format-solved.js'
export { selectOutput, selectOutputs, toSubjects } from './explain/subjects.js'
export { failureEvent } from './failure-event.js'
export { earlierBuild, listBuilds, type PastBuild, selectBuild, toListedBuild } from './history/builds.js'
export { setLogAside } from './history/earlier-log.js'
export type { LoggedEvent } from './history/read-events.js'
export { type PlacedEvent, watchLog } from './history/watch-log.js'
export {
  addPackages,
  bumpRecipe,
  checkPackage,
  compareBuilds,
  createPatches,
  diffPackages,
  explainDirty,
  explainRunDependency,
  extractPackageFile,
  fetchAllSources,
  fixRecipes,
  inspectPackage,
  isCompared,
  openShell,
  promote,
  publishFiles,
  publishRecipes,
  rebuildPackage,
  removeFromChannel,
  resetDirty,
  retryBuild,
  runAgain,
  setUpDebug,
  watchBuilds,
} from './lazy.js'
export { localPath } from './local-path.js'
export { logDirectory } from './log-directory.js'
export { formatGraph, type GraphFormat } from './many/format-graph.js'
export { type GraphLink, graphLinks, selectDependents } from './many/graph-links.js'
export { formatGithubMatrix, formatMatrixTable, matrixJobs } from './matrix.js'
export { isSameContent, type PackageDifference } from './package/difference.js'
export { noExpectations } from './package/errors.js'
export { parseExpectations } from './package/expectations.js'
export type { ExtractedPackage, ExtractionReport } from './package/extract.js'
export type { BinaryReport, InspectedPackage, InspectionReport } from './package/inspect.js'
export type { ListedBinary } from './package/list-binaries.js'
export { type ListedPath, listPaths, type PackageMetadata } from './package/metadata.js'
export type { PackageReport } from './package/problem.js'
export { planRecipes } from './plan-recipes.js'
export type { CreatedEnvironment, EnvironmentRequest } from './prefix/create-environment.js'
export { createEnvironment, listEnvironment } from './prefix/environments.js'
export { formatCreated, formatListed, toCreatedJson, toListedJson } from './prefix/format-environment.js'
export { labelledChannel } from './publish/label.js'
export type { PromotedPackages, RemovedPackages } from './publish/promote.js'
export type { Publication, PublishedPackage } from './publish/publish-files.js'
export { noDiffoscope } from './rebuild/errors.js'
export type { RebuildReport, RebuildRequest, Rebuilt } from './rebuild/rebuild.js'
export { registerSecrets } from './register-secrets.js'
export { type RenderOnlyRequest, renderOnly } from './render-only.js'
export { type RenderedRecipe, renderRecipes } from './render-recipes.js'
export { stagingKeys } from './staging/staging-plan.js'
export { formatReasons } from './why/format-reasons.js'
export { why } from './why/look.js'
export type { EnvironmentName } from './why/types.js'
