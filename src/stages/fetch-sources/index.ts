/** Stage 6: sources to a work directory, hashes checked, patches applied. */
export { type DiffedFile, diffFile, type FileDiff, joinDiffs } from './diff-file.js'
export { type FetchSourcesOptions, fetchSources, placeSources, sourceName } from './fetch-sources.js'
export type * from './types.js'
