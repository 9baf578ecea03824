/** Artifacts to repodata. */
export { type AddOptions, addPackages, type NewPackage, targetOf } from './add-packages.js'
export { type ChannelProblem, type CheckedChannel, checkChannel } from './check-channel.js'
export { packageExists } from './errors.js'
export { existingSubdirs, type IndexOptions, indexChannel } from './index-channel.js'
export { readPackageFile } from './read-package-record.js'
export { listPackages } from './read-subdir.js'
export { movePackages, removePackages, retirePackage } from './remove-packages.js'
export type * from './types.js'
