/** `krait package inspect`: what a package says about itself. */
import type { StageContext } from '../../system/index.js'
import { withPackage } from './fetch-package.js'
import type { PackageMetadata } from './metadata.js'
import { readMetadata } from './read-metadata.js'

/** Reads the metadata of a package from a file or URL; nothing is unpacked. @throws BuildError `archive/...` */
export async function inspectPackage(given: string, context: StageContext): Promise<PackageMetadata> {
  return withPackage(given, context, (file) => readMetadata(file, context))
}
