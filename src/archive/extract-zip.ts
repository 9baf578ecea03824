/** Moves the members of a zip into an extraction. */
import { unsupportedEntry } from './errors.js'
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
    for (const entry of entries) {
      refuseSpecial(archive, entry)
      await addZipEntry(entry, extraction)
    }
  } catch (error) {
    throw error instanceof Error && error.name === 'AbortError' ? error : zipFailure(archive, error)
  }
}

const fileType = 0o170000
const symlinkType = 0o120000
/** Pipes, character devices, block devices, sockets. */
const specialTypes: readonly number[] = [0o010000, 0o020000, 0o060000, 0o140000]

function refuseSpecial(archive: string, { name, mode }: ZipEntry): void {
  const type = mode & fileType
  if (specialTypes.includes(type))
    throw unsupportedEntry(archive, name, type === 0o010000 ? 'a fifo' : 'a device')
}

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
