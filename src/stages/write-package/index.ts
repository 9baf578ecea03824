/** Stage 8: the new files of a prefix become a package archive. */
export { parseElf, readSymbols, readTexts, readVersions, tags as elfTags } from './elf.js'
export { globFilter } from './find-candidates.js'
export type { LinkingFix } from './linking-fix.js'
export { refuseFindings } from './refuse-secrets.js'
export { stagePackage } from './stage-package.js'
export type * from './types.js'
export { untestedDirectory, writePackage, writeStagedPackage } from './write-package.js'
