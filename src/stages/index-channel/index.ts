/** Artifacts to repodata. */
export { type AddOptions, addPackages, type NewPackage, targetOf } from './add-packages.js'
export { type IndexOptions, indexChannel } from './index-channel.js'
export type * from './types.js'
