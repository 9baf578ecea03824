/** Reads and writes archives byte-exactly, and extracts hostile ones safely. */
export { decompressBzip2 } from './bzip2.js'
export type { ArchiveEntry } from './entry.js'
export { extractArchive } from './extract-archive.js'
export { extractPackage } from './extract-package.js'
export { type FileSums, hashFile } from './hash-file.js'
export {
  decodeMsgpack,
  type EncodedMembers,
  encodeMember,
  encodeMembers,
  encodeMsgpack,
  joinMembers,
} from './msgpack.js'
export { packageFormat } from './package-parts.js'
export { type PackageEntry, readPackageEntries } from './read-package-entries.js'
export { readPackageInfo } from './read-package-info.js'
export { type PlacedFinding, type SecretReport, scanEntries, scanPackage } from './scan-secrets.js'
export {
  type PackageArchiveRequest,
  type WrittenArchive,
  writePackageArchive,
} from './write-package-archive.js'
export { compressSmall, compressZstd, decompressZstd } from './zstd.js'
