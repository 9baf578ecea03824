/** Runs the stages in order: graph of outputs, tests, cleaning up, failures. */
export { type BuildSummary, buildRecipes } from './build-recipes.js'
export type { BuildRequest } from './build-request.js'
export { type ChannelRequest, outputChannels } from './channels.js'
export type { BuildContext } from './context.js'
export { failureEvent } from './failure-event.js'
export { logDirectory } from './prepare-output.js'
export { type RenderOnlyRequest, renderOnly } from './render-only.js'
