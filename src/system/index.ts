/** The real world behind one record; the only folder that touches it. */
export type { StageContext } from './context.js'
export { createSystem } from './create-system.js'
export { download } from './download.js'
export { fileOperationFailed, type NodeError } from './errors.js'
export { detectVirtualPackages, machinePlatform } from './machine-facts.js'
export { type NetworkPolicy, withNetwork } from './network.js'
export { loadTomlParser, parseToml } from './read-toml.js'
export type * from './types.js'
