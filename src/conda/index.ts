/** The conda vocabulary and its algorithms: pure, no I/O. */
export { type ArchiveName, formatArchiveName, parseArchiveName } from './archive-name.js'
export { type HashedVariant, hashVariant } from './build-hash.js'
export { type Channel, type ChannelOptions, parseChannel, stripCredentials } from './channel.js'
export type { Condition } from './condition.js'
export { formatCondition, formatMatchSpec } from './format-match-spec.js'
export { type IndexedRecord, toIndexedRecord } from './indexed-record.js'
export {
  type BuildNumberSpec,
  type MatchableRecord,
  type MatchSpec,
  matchesRecord,
  splitWords,
} from './match-spec.js'
export { normalizePackageName, parsePackageName } from './package-name.js'
export { comparePackagePaths } from './package-path-order.js'
export type { PackageRecord } from './package-record.js'
export { exactSpec, isExactSpec, type MatchSpecOptions, parseMatchSpec } from './parse-match-spec.js'
export { parseVersionSpec, type SpecMode } from './parse-version-spec.js'
export { applyPin, type Pin } from './pin.js'
export { findPlatform, knownSubdirs, type Platform } from './platform.js'
export { SpecError } from './spec-error.js'
export { compareVersions, formatVersion, parseVersion, type Version, versionStartsWith } from './version.js'
export { exactVersion, formatVersionSpec, type VersionSpec, versionMatches } from './version-spec.js'
export {
  type MachineFacts,
  type VirtualPackage,
  type VirtualPackageOptions,
  virtualPackages,
} from './virtual-packages.js'
