/** Moves the entries of a tar stream into an extraction. */
import { isBuildError } from '../errors/index.js'
import { corruptArchive } from './errors.js'
import type { Extraction } from './extraction.js'
import type { ByteStream } from './filter.js'
import { readTar, type TarEntry } from './read-tar.js'

/** Extracts all entries; everything wrong with the bytes becomes `archive/corrupt`. */
export async function extractTar(input: ByteStream, archive: string, extraction: Extraction): Promise<void> {
  try {
    for await (const entry of readTar(input, archive)) await addTarEntry(entry, extraction)
  } catch (error) {
    throw decodeFailure(archive, error)
  }
}

/** A failure of a decoder as our error; our own errors and aborts pass through. */
export function decodeFailure(archive: string, error: unknown): unknown {
  if (error instanceof Error && error.name === 'AbortError') return error
  if (isBuildError(error) && error.code !== 'system/program-failed') return error
  return corruptArchive(archive, error instanceof Error ? error.message : String(error), error)
}

async function addTarEntry(entry: TarEntry, extraction: Extraction): Promise<void> {
  switch (entry.type) {
    case 'directory':
      return extraction.addDirectory(entry.name)
    case 'symlink':
      return extraction.addSymlink(entry.name, entry.linkTarget)
    case 'hardlink':
      return extraction.addHardLink(entry.name, entry.linkTarget)
    case 'file':
      return extraction.addFile(entry, entry.sizeBytes, entry.content)
  }
}
