/** Stage 6: sources to a work directory, hashes checked, patches applied. */
export { locatePatch } from './apply-patch.js'
export { type CachedSource, cacheSource, hashCached, sourceIdentity } from './cache-source.js'
export { type DiffedFile, diffFile, type FileDiff, joinDiffs } from './diff-file.js'
export {
  type FetchSourcesOptions,
  fetchSources,
  listPathSource,
  placeSources,
  sourceName,
} from './fetch-sources.js'
export { type CacheEntry, type CachePlaces, cleanSourceCache, listSourceCache } from './list-cache.js'
export { listTags } from './list-tags.js'
export { atSource } from './source-place.js'
export type * from './types.js'
