/** Reads zip archives, with random access to their members. */
import { Readable } from 'node:stream'
import type { Entry, ZipFile } from 'yauzl'
import { BuildError } from '../errors/index.js'
import type { System } from '../system/index.js'
import { corruptArchive, unsafeEntry } from './errors.js'

/** One member; `content` may be opened at any time while the archive is open. */
export interface ZipEntry {
  readonly name: string
  /** Unix mode with the file type, or 0 when the writer did not store one. */
  readonly mode: number
  readonly mtimeMs: number
  readonly sizeBytes: number
  readonly compressedBytes: number
  readonly content: () => Promise<Readable>
}

/** The members of a zip, in the order of its directory. */
export async function readZipEntries(archive: string, system: Pick<System, 'fs'>): Promise<ZipEntry[]> {
  const info = await system.fs.stat(archive)
  const open: OpenRange = (start, end) => system.fs.createReadStream(archive, { start, end: end - 1 })
  return readEntries(archive, info?.sizeBytes ?? 0, open)
}

/** The members of a zip in memory; `archive` is its name in errors. */
export async function readZipBytes(bytes: Buffer, archive: string): Promise<ZipEntry[]> {
  return readEntries(archive, bytes.length, (start, end) => Readable.from([bytes.subarray(start, end)]))
}

/** The bytes from `start` up to but not including `end`. */
type OpenRange = (start: number, end: number) => Readable

async function readEntries(archive: string, sizeBytes: number, open: OpenRange): Promise<ZipEntry[]> {
  const file = await openZip(archive, sizeBytes, open)
  try {
    const entries: ZipEntry[] = []
    for await (const entry of file.eachEntry()) entries.push(toZipEntry(entry, file, archive))
    return entries
  } catch (error) {
    throw zipFailure(archive, error)
  }
}

/** yauzl's own message as one of our errors. */
export function zipFailure(archive: string, error: unknown): BuildError {
  if (error instanceof BuildError) return error
  const reason = error instanceof Error ? error.message : String(error)
  const unsafe = /^(?:absolute path|invalid relative path|invalid characters in fileName): (.*)$/s.exec(
    reason,
  )
  if (unsafe) return unsafeEntry(archive, unsafe[1] ?? '', 'leaves the destination')
  return corruptArchive(archive, reason, error)
}

async function openZip(archive: string, sizeBytes: number, open: OpenRange): Promise<ZipFile> {
  const { default: yauzl } = await import('yauzl')
  class FileReader extends yauzl.RandomAccessReader {
    override _readStreamForRange(start: number, end: number): Readable {
      return open(start, end)
    }
  }
  try {
    const options = { autoClose: false, lazyEntries: true }
    return await yauzl.fromRandomAccessReaderPromise(new FileReader(), sizeBytes, options)
  } catch (error) {
    throw zipFailure(archive, error)
  }
}

function toZipEntry(entry: Entry, file: ZipFile, archive: string): ZipEntry {
  if (entry.isEncrypted()) throw corruptArchive(archive, `\`${entry.fileName}\` is encrypted`)
  return {
    name: entry.fileName,
    mode: entry.externalFileAttributes >>> 16,
    mtimeMs: entry.getLastModDate({ timezone: 'UTC' }).getTime(),
    sizeBytes: entry.uncompressedSize,
    compressedBytes: entry.compressedSize,
    content: () => file.openReadStreamPromise(entry),
  }
}
