/** Writes `.conda` and `.tar.bz2` archives to disk: complete under the final name, or not there at all (spec: package.md 6). */
import { basename, dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { comparePackagePaths } from '../conda/index.js'
import type { StageContext } from '../system/index.js'
import { selectBzip2Encoder } from './bzip2.js'
import { type ArchiveEntry, contentSize } from './entry.js'
import type { ByteStream } from './filter.js'
import { createFileSums, type FileSums, hashFile } from './hash-file.js'
import { tarSize, writeTar } from './write-tar.js'
import { createStoredZip } from './write-zip.js'
import { type Codec, selectZstdEncoder } from './zstd.js'

export interface PackageArchiveRequest {
  /** Absolute final path; its directory is created. */
  readonly destination: string
  /** `name-version-build`: names the inner archives of a `.conda`. */
  readonly id: string
  readonly format: 'conda' | 'tar.bz2'
  /** zstd -7 to 22, bzip2 1 to 9. */
  readonly level: number
  readonly threads: number
  /** Time of every entry and of the zip members. */
  readonly timestampSeconds: number
  /** Everything outside of `info/`; order does not matter. */
  readonly content: readonly ArchiveEntry[]
  /** Everything below `info/`, paths with `info/`. */
  readonly info: readonly ArchiveEntry[]
}

export interface WrittenArchive {
  readonly path: string
  readonly sizeBytes: number
  /** Size of all files before compression. */
  readonly contentBytes: number
  readonly sha256: string
  readonly md5: string
  /** Who compressed: other codecs give other bytes. */
  readonly codec: Codec
}

/**
 * Writes the archive through a temporary file in the same directory; hashes are taken from the bytes on their way.
 * The same request gives the same bytes as long as the codec is the same.
 */
export async function writePackageArchive(
  request: PackageArchiveRequest,
  context: StageContext,
): Promise<WrittenArchive> {
  const { fs, host } = context.system
  const directory = dirname(request.destination)
  await fs.makeDirectory(directory)
  const temporary = temporaryName(directory, request.destination, host.pid)
  // A process of the same number may have been killed.
  await fs.remove(temporary)
  try {
    const write = request.format === 'conda' ? writeConda : writeTarBz2
    const { codec, summary } = await write(request, temporary, context)
    context.signal.throwIfAborted()
    await fs.rename(temporary, request.destination)
    const contentBytes = [...request.content, ...request.info].reduce(
      (sum, item) => sum + contentSize(item),
      0,
    )
    return { path: request.destination, contentBytes, codec, ...summary }
  } finally {
    await fs.remove(temporary)
  }
}

let counter = 0

/** Hidden, and not ending like a package: indexers and globs must not see it. */
function temporaryName(directory: string, destination: string, pid: number): string {
  counter += 1
  return join(directory, `.${basename(destination)}.${pid}.${counter}.tmp`)
}

interface Written {
  readonly codec: Codec
  readonly summary: FileSums
}

const metadata = Buffer.from('{"conda_pkg_format_version":2}')

async function writeConda(
  request: PackageArchiveRequest,
  temporary: string,
  context: StageContext,
): Promise<Written> {
  const { codec, compress, compressToFile } = await selectZstdEncoder(context.system)
  const { level, threads } = request
  const zip = createStoredZip(temporary, request.timestampSeconds, context)
  const add = (part: 'pkg' | 'info', entries: readonly ArchiveEntry[]) => {
    const sorted = sortEntries(entries)
    const sizeBytes = tarSize(sorted)
    const tar = reportProgress(tarOf(sorted, request, context), { request, sizeBytes, context })
    const options = { level, threads, sizeBytes, signal: context.signal }
    const content = compressToFile
      ? (file: string) => compressToFile(tar, options, file)
      : compress(tar, options)
    return zip.add(`${part}-${request.id}.tar.zst`, content, mostCompressed(sizeBytes))
  }
  await zip.add('metadata.json', [metadata], metadata.length)
  await add('pkg', request.content)
  await add('info', request.info)
  await zip.finish()
  // From memory mostly: the bytes were written a moment ago. The disk gets them meanwhile.
  const [summary] = await Promise.all([hashFile(temporary, context), context.system.fs.flush(temporary)])
  return { codec, summary }
}

/** What cannot be compressed grows a little. */
function mostCompressed(sizeBytes: number): number {
  return sizeBytes + sizeBytes / 256 + 65_536
}

async function writeTarBz2(
  request: PackageArchiveRequest,
  temporary: string,
  context: StageContext,
): Promise<Written> {
  const { codec, compress } = await selectBzip2Encoder(context.system)
  const entries = [...sortEntries(request.info), ...sortEntries(request.content)]
  const sizeBytes = tarSize(entries)
  const tar = reportProgress(tarOf(entries, request, context), { request, sizeBytes, context })
  const summary = await writeHashed(compress(tar, request.level), temporary, context)
  return { codec, summary }
}

function sortEntries(entries: readonly ArchiveEntry[]): ArchiveEntry[] {
  return entries.toSorted((left, right) => comparePackagePaths(left.path, right.path))
}

function tarOf(entries: readonly ArchiveEntry[], request: PackageArchiveRequest, context: StageContext) {
  const { system, signal } = context
  return writeTar(entries, { mtimeSeconds: request.timestampSeconds, system, signal })
}

async function writeHashed(content: ByteStream, path: string, context: StageContext): Promise<FileSums> {
  const sums = createFileSums()
  const hashed = async function* () {
    for await (const chunk of content) {
      sums.update(chunk)
      yield chunk
    }
  }
  const file = context.system.fs.createWriteStream(path, { flush: true })
  await pipeline(hashed(), file, { signal: context.signal })
  return sums.result()
}

/** Bytes between two progress events; a package smaller than that needs none. */
const progressStep = 8 << 20

interface ProgressOptions {
  readonly request: PackageArchiveRequest
  readonly sizeBytes: number
  readonly context: StageContext
}

async function* reportProgress(content: AsyncIterable<Uint8Array>, options: ProgressOptions) {
  const subject = basename(options.request.destination)
  let done = 0
  let reported = 0
  for await (const chunk of content) {
    yield chunk
    done += chunk.length
    if (done - reported < progressStep) continue
    reported = done
    const progress = { stage: 'package', action: 'compress', subject, unit: 'bytes' } as const
    options.context.emit({ type: 'progress', ...progress, done, total: options.sizeBytes })
  }
}
