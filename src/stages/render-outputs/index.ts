/** Stage 2: a loaded recipe and variants to rendered outputs with provenance. */
export type { RenderOptions } from './options.js'
export { formatRenderJson, type RenderedElement, type RenderFacts, renderJson } from './render-json.js'
export { type RenderResult, renderOutputs } from './render-outputs.js'
