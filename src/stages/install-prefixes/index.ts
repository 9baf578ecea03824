/** Records to files: the package cache and the prefixes. */
export { checkLinkedFiles } from './check-linked-files.js'
export { inspectPrefix, type PrefixState, readPrefixRecords } from './inspect-prefix.js'
export { type InstallOptions, installPrefix, type PrefixRequest } from './install-prefix.js'
export { installPrefixes } from './install-prefixes.js'
export { mapConcurrently } from './map-concurrently.js'
export type * from './types.js'
export { type PrefixUpdate, previewUpdate, type UpdateRequest, updatePrefix } from './update-prefix.js'
export { withLock } from './with-lock.js'
