/** Stage 6: sources to a work directory, hashes checked, patches applied. */
export { type FetchSourcesOptions, fetchSources } from './fetch-sources.js'
export type * from './types.js'
