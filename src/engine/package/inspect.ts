/** `krait package inspect`: what a package says about itself, and what its programs and libraries ask for. */
import type { StageContext } from '../../system/index.js'
import type { BinaryKind } from './describe-binary.js'
import { withPackage } from './fetch-package.js'
import { type DamagedPackageBinary, type ListedBinary, listBinaries } from './list-binaries.js'
import type { JsonObject, PackageMetadata } from './metadata.js'
import { readMetadata } from './read-metadata.js'

export interface InspectedPackage {
  readonly metadata: PackageMetadata
  /** Only when they were asked for: the whole package is read for them. */
  readonly binaries?: readonly ListedBinary[]
}

/** `krait package inspect --json`; the metadata documents as the package has them. */
export interface InspectionReport {
  /** `info/index.json`; it has at least `name`, `version` and `build`. */
  readonly index: JsonObject
  /** `info/about.json`; with `--about`, when the package has it. */
  readonly about?: JsonObject
  /** `info/paths.json`; with `--paths`, when the package has it. */
  readonly paths?: JsonObject
  /** `info/run_exports.json`; with `--run-exports`, when the package has it. A bare list stands under `weak`. */
  readonly run_exports?: JsonObject
  /** With `--binaries`, in the order of paths. */
  readonly binaries?: readonly (BinaryReport | DamagedPackageBinary)[]
}

/** A dynamically linked program or library; names as in the metadata documents. */
export interface BinaryReport {
  /** In the package. */
  readonly path: string
  readonly kind: BinaryKind
  /** Processors that it is for; a number where krait knows no name. */
  readonly processors: readonly string[]
  /** The name that others find it by: soname, install name, or that of the export table. */
  readonly soname?: string
  /** Libraries that it asks for, sorted by name. */
  readonly needed: readonly {
    readonly name: string
    /** Whether the package has a file, a link or a library of that name. */
    readonly in_package: boolean
  }[]
  /** Both kinds of run path, entry by entry in their order. */
  readonly run_path: readonly string[]
  /** The highest of each kind that it requires: `CXXABI_1.3`, `GLIBC_2.17`. */
  readonly versions: readonly string[]
  /** How many symbols it provides. */
  readonly exports: number
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
