/** What a binary asks the dynamic linker of its system for, and where that one looks. */
import { posix } from 'node:path'

export interface LinkedFile {
  readonly path: string
  readonly origin: string
  readonly format: 'elf' | 'mach-o' | 'pe'
  /** As the file spells them. */
  readonly needed: readonly string[]
  /** Entries for the package; the directory of the file is `$ORIGIN` or `@loader_path`. Windows has none. */
  readonly runPath: readonly string[]
}

/** Directories of a prefix that activation puts on PATH for Windows, in its order. */
const windowsPath = ['', 'Library/mingw-w64/bin', 'Library/usr/bin', 'Library/bin', 'Scripts', 'bin']

/** Absolute paths at which the dynamic linker would look for a library, the first of which counts. */
export function libraryPlaces(
  library: string,
  { format, origin, runPath }: Pick<LinkedFile, 'format' | 'origin' | 'runPath'>,
  prefix: string,
): readonly string[] {
  const directory = posix.join(prefix, posix.dirname(origin))
  if (format === 'pe')
    return [directory, ...windowsPath.map((entry) => posix.join(prefix, entry))].map((entry) =>
      posix.join(entry, library),
    )
  if (format === 'mach-o') return machOPlaces(library, { directory, runPath, prefix })
  if (library.includes('/')) return posix.isAbsolute(library) ? [library] : []
  return runPath.map((entry) =>
    posix.join(
      entry.replace(/^\$(?:ORIGIN|\{ORIGIN\})/, () => directory),
      library,
    ),
  )
}

interface MachOSearch {
  readonly directory: string
  readonly runPath: readonly string[]
  readonly prefix: string
}

function machOPlaces(library: string, { directory, runPath, prefix }: MachOSearch): readonly string[] {
  const expand = (text: string) =>
    text
      .replace(/^@loader_path(?=\/|$)/, () => directory)
      // Programs of a package lie here.
      .replace(/^@executable_path(?=\/|$)/, () => posix.join(prefix, 'bin'))
  const [, behind] = /^@rpath\/(.*)$/.exec(library) ?? []
  const places =
    behind === undefined ? [expand(library)] : runPath.map((entry) => posix.join(expand(entry), behind))
  // A bare name is found by nothing that a package may rely on.
  return places.filter((place) => posix.isAbsolute(place)).map((place) => posix.normalize(place))
}

/** The name without what stands for a directory: `libz.1.dylib` for `@rpath/libz.1.dylib`. */
export function bareName(library: string): string {
  return library.replace(/^@[a-z_]+\//, '').replace(/^(?:\.\.?\/)+/, '')
}
