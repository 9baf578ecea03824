/** Finds in the prefix what the dynamic linker would load. */
import { posix } from 'node:path'
import type { StageContext } from '../../../system/index.js'
import type { ScriptResult } from '../../run-script/index.js'
import { type LinkedFile, libraryPlaces } from './linked-file.js'

/** The path in the prefix, links resolved; undefined for a library that is not there, or lies elsewhere. */
export type LibrarySearch = (library: string, file: LinkedFile) => Promise<string | undefined>

/** A search that lists each directory once. */
export function createLibrarySearch(
  { directories }: Pick<ScriptResult, 'directories'>,
  { system }: StageContext,
): LibrarySearch {
  const { fs } = system
  const prefix = directories.host
  const listings = new Map<string, Promise<ReadonlyMap<string, string>>>()
  /** Names by their lower-case form: the loader of Windows does not tell them apart, and the build machine may. */
  const listing = (directory: string) => {
    const known = listings.get(directory) ?? listNames(directory, fs)
    listings.set(directory, known)
    return known
  }
  const spell = async (place: string, { format }: LinkedFile) => {
    if (format !== 'pe') return place
    const directory = posix.dirname(place)
    const name = (await listing(directory)).get(posix.basename(place).toLowerCase())
    return name === undefined ? undefined : posix.join(directory, name)
  }
  return async (library, file) => {
    for (const place of libraryPlaces(library, file, prefix)) {
      const candidate = await spell(place, file)
      if (candidate === undefined || (await fs.stat(candidate)) === undefined) continue
      const real = posix.relative(await fs.realPath(prefix), await fs.realPath(candidate))
      return real.startsWith('..') ? undefined : real
    }
    return undefined
  }
}

async function listNames(
  directory: string,
  fs: StageContext['system']['fs'],
): Promise<ReadonlyMap<string, string>> {
  if ((await fs.stat(directory))?.type !== 'directory') return new Map()
  return new Map((await fs.list(directory)).map((name) => [name.toLowerCase(), name]))
}
