/** `krait package inspect --binaries`: what the dynamic linker sees of every program and library in a package. */
import { posix } from 'node:path'
import type { StageContext } from '../../system/index.js'
import { collectContent } from './collect-content.js'
import { type DamagedBinary, findDamage } from './damaged-binary.js'
import { type BinaryFacts, describeBinary, largestBinary, looksBinary } from './describe-binary.js'
import type { FileFacts } from './difference.js'
import type { PackageFile } from './fetch-package.js'
import type { PackageMetadata } from './metadata.js'
import { readContent } from './read-content.js'
import { highestVersions } from './symbol-versions.js'

/** A dynamically linked program or library. */
export interface PackageBinary extends Omit<BinaryFacts, 'needed' | 'exports'> {
  /** In the package. */
  readonly path: string
  readonly needed: readonly NeededLibrary[]
  /** The highest of each kind that it requires: `CXXABI_1.3`, `GLIBC_2.17`. */
  readonly versions: readonly string[]
  /** How many symbols it provides. */
  readonly exports: number
}

export interface NeededLibrary {
  readonly name: string
  /** Whether the package has a file, a link or a library of that name. */
  readonly isInPackage: boolean
}

/** A file that begins like a program or library, and that no loader could use. */
export interface DamagedPackageBinary extends DamagedBinary {
  /** In the package. */
  readonly path: string
}

export type ListedBinary = PackageBinary | DamagedPackageBinary

export interface PackageBinaries {
  readonly metadata: PackageMetadata
  /** In the order of paths. */
  readonly binaries: readonly ListedBinary[]
}

/** Reads the archive once; nothing is unpacked, and one file at a time is in memory. @throws BuildError `archive/...` */
export async function listBinaries(file: PackageFile, context: StageContext): Promise<PackageBinaries> {
  // By content: hard links have none of their own.
  const looks = new Map<string, Look>()
  const isKept = (head: Buffer, bytes: number) => looksBinary(head) && bytes <= largestBinary
  const { metadata, files } = await readContent(file, context, ({ path }) =>
    isInfo(path)
      ? undefined
      : collectContent(isKept, (bytes, sha256) => {
          const look = lookAt(bytes)
          if (look) looks.set(sha256, look)
        }),
  )
  const found = [...files]
    .filter(([path]) => !isInfo(path))
    .toSorted(([left], [right]) => (left < right ? -1 : 1))
    .flatMap(([path, { sha256 }]) => {
      const look = sha256 === undefined ? undefined : looks.get(sha256)
      return look ? [{ path, look }] : []
    })
  const names = namesIn(files, found)
  return { metadata, binaries: found.map(({ path, look }) => toListed(path, look, names)) }
}

/** Facts with the number of exports instead of their names, which may fill the memory. */
type Look = DamagedBinary | (Omit<BinaryFacts, 'exports'> & { readonly exports: number })

function lookAt(bytes: Buffer): Look | undefined {
  const damaged = findDamage(bytes)
  if (damaged) return damaged
  const facts = describeBinary(bytes)
  return facts && { ...facts, exports: facts.exports.length, versions: highestVersions(facts.versions) }
}

/** What libraries of the package may be asked for by. */
interface LibraryNames {
  readonly exact: ReadonlySet<string>
  /** The loader of Windows takes upper and lower case as the same. */
  readonly lowerCase: ReadonlySet<string>
}

function namesIn(
  files: ReadonlyMap<string, FileFacts>,
  found: readonly { readonly look: Look }[],
): LibraryNames {
  const paths = [...files].flatMap(([path, { type }]) => (type === 'directory' || isInfo(path) ? [] : [path]))
  const own = found.flatMap(({ look }) =>
    'soname' in look && look.soname !== undefined ? [look.soname] : [],
  )
  const names = [...paths, ...own].map((path) => posix.basename(path))
  return { exact: new Set(names), lowerCase: new Set(names.map((name) => name.toLowerCase())) }
}

function toListed(path: string, look: Look, { exact, lowerCase }: LibraryNames): ListedBinary {
  if ('damage' in look) return { path, ...look }
  const has = (name: string) =>
    look.kind === 'PE'
      ? lowerCase.has(name.toLowerCase())
      : !name.startsWith('/') && exact.has(posix.basename(name))
  return { path, ...look, needed: look.needed.map((name) => ({ name, isInPackage: has(name) })) }
}

/** Metadata, recipes and tests: they are not installed. */
function isInfo(path: string): boolean {
  return path.startsWith('info/')
}
