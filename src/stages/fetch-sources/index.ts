/** Stage 6: sources to a work directory, hashes checked, patches applied. */
export { locatePatch } from './apply-patch.js'
export { type CachedSource, cacheSource, hashCached, sourceIdentity } from './cache-source.js'
export { type DiffedFile, diffFile, type FileDiff, joinDiffs } from './diff-file.js'
export { listPathSource } from './fetch-path-source.js'
export { fetchSources, placeSources } from './fetch-sources.js'
export { sourceName } from './fetching.js'
export {
  type CacheEntry,
  type CachePlaces,
  cleanSourceCache,
  listSourceCache,
  type SourceCacheCleaning,
  type SourceCacheListing,
} from './list-cache.js'
export { listTags } from './list-tags.js'
export { atSource } from './source-place.js'
export type * from './types.js'
