/** `krait package inspect`: what a package says about itself, and what its programs and libraries ask for. */
import type { StageContext } from '../../system/index.js'
import { withPackage } from './fetch-package.js'
import { type ListedBinary, listBinaries } from './list-binaries.js'
import type { PackageMetadata } from './metadata.js'
import { readMetadata } from './read-metadata.js'

export interface InspectedPackage {
  readonly metadata: PackageMetadata
  /** Only when they were asked for: the whole package is read for them. */
  readonly binaries?: readonly ListedBinary[]
}

/** Reads a package from a file or URL; nothing is unpacked. @throws BuildError `archive/...` */
export async function inspectPackage(
  given: string,
  { isWithBinaries }: { readonly isWithBinaries: boolean },
  context: StageContext,
): Promise<InspectedPackage> {
  return withPackage(given, context, async (file) =>
    isWithBinaries ? listBinaries(file, context) : { metadata: await readMetadata(file, context) },
  )
}
