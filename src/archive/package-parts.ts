/** Finds the tar streams inside a conda package, of either format (spec: package.md 6.6). */
import type { System } from '../system/index.js'
import { bzip2Decoded, bzip2DecodedInProcess } from './bzip2.js'
import { detectFormat, detectionLength } from './detect-format.js'
import { notAPackage, unknownFormat } from './errors.js'
import { readZipEntries, type ZipEntry, zipFailure } from './read-zip.js'
import { decompressInProcess, smallInput, zstdDecoded } from './zstd.js'

/** The content of a package: a `.conda` has both parts apart, a `.tar.bz2` one stream with everything. */
export type PackageParts =
  | { readonly kind: 'conda'; readonly info: TarSource; readonly pkg: TarSource }
  | { readonly kind: 'tar.bz2'; readonly all: TarSource }

/** Opens a decoded tar stream. */
export type TarSource = () => Promise<AsyncIterable<Uint8Array>>

/** Below this many bytes starting a program takes longer than decoding. */
const smallBzip2 = 16 * 1024

/**
 * Looks at the package by content, not by name.
 * @throws BuildError `archive/not-a-package`, `archive/corrupt` (a zip without its directory), `archive/unknown-format`
 */
export async function openPackage(archivePath: string, system: System): Promise<PackageParts> {
  const beginning = await system.fs.readRange(archivePath, 0, detectionLength)
  const format = detectFormat(beginning)
  if (format === 'bzip2') {
    const sizeBytes = (await system.fs.stat(archivePath))?.sizeBytes ?? 0
    const isSmall = sizeBytes <= smallBzip2
    const all = async () => {
      const content = system.fs.createReadStream(archivePath)
      return isSmall ? bzip2DecodedInProcess(content) : bzip2Decoded(content, system)
    }
    return { kind: 'tar.bz2', all }
  }
  if (format === undefined)
    throw unknownFormat(
      archivePath,
      JSON.stringify(Buffer.from(beginning.subarray(0, 16)).toString('latin1')).slice(1, -1),
      'package',
    )
  if (format !== 'zip') throw notAPackage(archivePath, `it is a ${format} file`)
  const entries = await readZipEntries(archivePath, system)
  const part = (prefix: string) => memberSource(findMember(entries, prefix, archivePath), archivePath, system)
  return { kind: 'conda', info: part('info-'), pkg: part('pkg-') }
}

/** Which of both formats a file has by its content; undefined when it is no package. */
export async function packageFormat(
  archivePath: string,
  { fs }: Pick<System, 'fs'>,
): Promise<PackageParts['kind'] | undefined> {
  const format = detectFormat(await fs.readRange(archivePath, 0, detectionLength))
  if (format === 'bzip2') return 'tar.bz2'
  return format === 'zip' ? 'conda' : undefined
}

function findMember(entries: readonly ZipEntry[], prefix: string, archivePath: string): ZipEntry {
  const found = entries.find((entry) => entry.name.startsWith(prefix) && entry.name.endsWith('.tar.zst'))
  if (found === undefined) throw notAPackage(archivePath, `it has no \`${prefix}*.tar.zst\``)
  return found
}

function memberSource(entry: ZipEntry, archivePath: string, system: System): TarSource {
  return async () => {
    try {
      const content = await entry.content()
      return entry.sizeBytes <= smallInput ? decompressInProcess(content) : zstdDecoded(content, system)
    } catch (error) {
      throw zipFailure(archivePath, error)
    }
  }
}
