/** Unpacks conda packages of both formats into one directory. */

import { linkOutside } from './errors.js'
import type { ExtractedArchive } from './extract-archive.js'
import { extractTar } from './extract-tar.js'
import { type ExtractContext, startExtraction } from './extraction.js'
import { openPackage } from './package-parts.js'

/**
 * Extracts the whole package into a directory that is empty or does not exist. Entries that leave the directory are
 * refused; links that point outside are kept, because packages have good reasons for them, but never written through.
 * One warning names them.
 * @throws BuildError `archive/...`; what was extracted until then stays, the caller removes it
 */
export async function extractPackage(
  archivePath: string,
  destination: string,
  context: ExtractContext,
): Promise<ExtractedArchive> {
  const parts = await openPackage(archivePath, context.system)
  await context.system.fs.makeDirectory(destination)
  const extraction = startExtraction({ archive: archivePath, destination, outsideLinks: 'keep' }, context)
  try {
    for (const open of parts.kind === 'conda' ? [parts.pkg, parts.info] : [parts.all])
      await extractTar(await open(), archivePath, extraction)
    const { files, sizeBytes, outsideLinks } = await extraction.finish()
    warnAboutLinks(archivePath, outsideLinks, context)
    return { files, sizeBytes }
  } catch (error) {
    await extraction.abandon()
    throw error
  }
}

function warnAboutLinks(archivePath: string, links: readonly string[], context: ExtractContext): void {
  const [first] = links
  if (first === undefined) return
  context.emit({ type: 'warning', ...linkOutside(archivePath, first, links.length - 1) })
}
