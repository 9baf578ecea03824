/** Artifacts to repodata. */
export { type IndexOptions, indexChannel } from './index-channel.js'
export type * from './types.js'
