/** Match specs to records: which packages go into the prefixes, and what the package will depend on. */
export type { EnvironmentLock, LockedEnvironment, LockedRecord } from './environment-lock.js'
export { staleLock } from './errors.js'
export type { ChannelPriority } from './prepare-candidates.js'
export { type EnvironmentOptions, type SolveOptions, solve } from './solve.js'
export { solveEnvironments } from './solve-environments.js'
export type { SolveStrategy } from './sort-candidates.js'
export type * from './types.js'
