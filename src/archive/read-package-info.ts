/** Reads single metadata files of a package without unpacking it. */
import type { StageContext } from '../system/index.js'
import { cleanEntryName } from './entry-path.js'
import { corruptArchive, unsafeEntry } from './errors.js'
import { decodeFailure } from './extract-tar.js'
import { openPackage } from './package-parts.js'
import { readTar, type TarEntry } from './read-tar.js'

/** Metadata files are small; a bigger one is not what it says. */
const largestFile = 256 << 20

/**
 * Content of the named files, by their path in the package (`info/index.json`); a name that ends in `/` stands for
 * everything below it. Files that the package does not have are missing from the map. Of a `.conda` only the info part
 * is read; of both formats only until everything was found.
 */
export async function readPackageInfo(
  archivePath: string,
  names: readonly string[],
  context: Pick<StageContext, 'system'>,
): Promise<ReadonlyMap<string, Uint8Array>> {
  const parts = await openPackage(archivePath, context.system)
  const found = new Map<string, Uint8Array>()
  const directories = names.filter((name) => name.endsWith('/'))
  const wanted = new Set(names.filter((name) => !name.endsWith('/')))
  try {
    const stream = await (parts.kind === 'conda' ? parts.info() : parts.all())
    for await (const entry of readTar(stream, archivePath)) {
      const path = cleanEntryName(entry.name)
      if (path === undefined) throw unsafeEntry(archivePath, entry.name, 'leaves the destination')
      if (entry.type !== 'file') continue
      const isWanted = wanted.delete(path) || directories.some((directory) => path.startsWith(directory))
      if (isWanted) found.set(path, await readContent(entry, archivePath))
      if (wanted.size === 0 && directories.length === 0) break
    }
  } catch (error) {
    throw decodeFailure(archivePath, error)
  }
  return found
}

async function readContent(entry: TarEntry, archivePath: string): Promise<Buffer> {
  if (entry.sizeBytes > largestFile) throw corruptArchive(archivePath, `\`${entry.name}\` is too large`)
  const chunks: Uint8Array[] = []
  for await (const chunk of entry.content) chunks.push(chunk)
  return Buffer.concat(chunks)
}
