/** Moves the members of a zip into an extraction. */

import type { ExtractContext, Extraction } from './extraction.js'
import { collectBytes } from './filter.js'
import { readZipEntries, type ZipEntry, zipFailure } from './read-zip.js'

/** Extracts all members; unix modes and symbolic links are kept when the writer stored them. */
export async function extractZip(
  archive: string,
  extraction: Extraction,
  context: Pick<ExtractContext, 'system'>,
): Promise<void> {
  const entries = await readZipEntries(archive, context.system)
  try {
    for (const entry of entries) await addZipEntry(entry, extraction)
  } catch (error) {
    throw error instanceof Error && error.name === 'AbortError' ? error : zipFailure(archive, error)
  }
}

const fileType = 0o170000
const symlinkType = 0o120000
/** Longer link texts do not exist on any system. */
const longestLink = 4096

async function addZipEntry(entry: ZipEntry, extraction: Extraction): Promise<void> {
  if (entry.name.endsWith('/')) return extraction.addDirectory(entry.name)
  const isLink = (entry.mode & fileType) === symlinkType && entry.sizeBytes <= longestLink
  const content = await entry.content()
  if (isLink) return extraction.addSymlink(entry.name, (await collectBytes(content)).toString())
  const mode = entry.mode === 0 ? 0o644 : entry.mode
  return extraction.addFile({ ...entry, mode }, entry.sizeBytes, content)
}
