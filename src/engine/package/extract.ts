/** `krait package extract`: a package as files, complete or not at all. */
import path from 'node:path'
import { extractPackage, hashFile } from '../../archive/index.js'
import type { StageContext } from '../../system/index.js'
import { destinationNotDirectory, destinationNotEmpty } from './errors.js'
import { type PackageFile, withPackage } from './fetch-package.js'

export interface ExtractedPackage {
  /** What was unpacked, without credentials. */
  readonly package: string
  /** Absolute. */
  readonly directory: string
  /** How many files it has. */
  readonly files: number
  /** Of the archive, as the size. */
  readonly sha256: string
  readonly md5: string
  readonly sizeBytes: number
}

/** `krait package extract --json` */
export interface ExtractionReport extends Omit<ExtractedPackage, 'sizeBytes'> {
  /** Of the archive, in bytes. */
  readonly size: number
}

/**
 * Unpacks a package from a file or URL.
 * @param destination a directory that is empty or does not exist; in the current one and named like the package if absent
 * @throws BuildError `archive/...`, `usage/destination-not-empty`, `usage/destination-not-directory`
 */
export async function extractPackageFile(
  given: string,
  destination: string | undefined,
  context: StageContext,
): Promise<ExtractedPackage> {
  return withPackage(given, context, async (file) => {
    const name = destination ?? file.fileName.replace(/\.(?:conda|tar\.bz2)$/, '')
    const directory = path.resolve(context.system.host.currentDirectory, name)
    const files = await extractTo(directory, file, context)
    return { package: file.shown, directory, files, ...(await hashFile(file.path, context)) }
  })
}

/** Through a directory beside it, so that nobody takes half a package for a whole one. */
async function extractTo(directory: string, file: PackageFile, context: StageContext): Promise<number> {
  const { fs } = context.system
  const existing = await fs.stat(directory)
  if (existing && existing.type !== 'directory') throw destinationNotDirectory(directory)
  if (existing && (await fs.list(directory)).length > 0) throw destinationNotEmpty(directory)
  await fs.makeDirectory(path.dirname(directory))
  const temporary = await fs.makeTempDirectory(path.dirname(directory), '.krait-extract-')
  try {
    const content = path.join(temporary, 'content')
    const { files } = await extractPackage(file.path, content, context)
    if (existing) await fs.removeEmptyDirectory(directory)
    await fs.rename(content, directory)
    return files
  } finally {
    await fs.remove(temporary)
  }
}
