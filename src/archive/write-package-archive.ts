/** Writes `.conda` and `.tar.bz2` archives to disk: complete under the final name, or not there at all (spec: package.md 6). */
import { createHash } from 'node:crypto'
import { basename, dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { crc32 } from 'node:zlib'
import { comparePackagePaths } from '../conda/index.js'
import type { StageContext } from '../system/index.js'
import { selectBzip2Encoder } from './bzip2.js'
import { type ArchiveEntry, contentSize } from './entry.js'
import type { ByteStream } from './filter.js'
import { tarSize, writeTar } from './write-tar.js'
import { writeStoredZip, type ZipMember } from './write-zip.js'
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
  const temporary = temporaryNames(directory, request.destination, host.pid)
  try {
    const write = request.format === 'conda' ? writeConda : writeTarBz2
    const { codec, summary } = await write(request, temporary, context)
    context.signal.throwIfAborted()
    await fs.rename(temporary.archive, request.destination)
    const contentBytes = [...request.content, ...request.info].reduce(
      (sum, item) => sum + contentSize(item),
      0,
    )
    return { path: request.destination, contentBytes, codec, ...summary }
  } finally {
    await Promise.all(Object.values(temporary).map((path) => fs.remove(path)))
  }
}

interface TemporaryNames {
  readonly archive: string
  readonly pkg: string
  readonly info: string
}

let counter = 0

/** Hidden, and not ending like a package: indexers and globs must not see them. */
function temporaryNames(directory: string, destination: string, pid: number): TemporaryNames {
  counter += 1
  const name = (part: string) => join(directory, `.${basename(destination)}.${pid}.${counter}.${part}.tmp`)
  return { archive: name('archive'), pkg: name('pkg'), info: name('info') }
}

interface Written {
  readonly codec: Codec
  readonly summary: { readonly sizeBytes: number; readonly sha256: string; readonly md5: string }
}

const metadata = Buffer.from('{"conda_pkg_format_version":2}')

async function writeConda(
  request: PackageArchiveRequest,
  temporary: TemporaryNames,
  context: StageContext,
): Promise<Written> {
  const { codec, compress } = await selectZstdEncoder(context.system)
  const { level, threads } = request
  const write = (entries: readonly ArchiveEntry[], path: string) => {
    const sorted = sortEntries(entries)
    const sizeBytes = tarSize(sorted)
    const tar = reportProgress(tarOf(sorted, request, context), { request, sizeBytes, context })
    return writeMember(compress(tar, { level, threads, sizeBytes, signal: context.signal }), path, context)
  }
  const pkg = await write(request.content, temporary.pkg)
  const info = await write(request.info, temporary.info)
  const { fs } = context.system
  const members: ZipMember[] = [
    {
      name: 'metadata.json',
      sizeBytes: metadata.length,
      crc32: crc32(metadata),
      content: () => [metadata],
    },
    { name: `pkg-${request.id}.tar.zst`, ...pkg, content: () => fs.createReadStream(temporary.pkg) },
    { name: `info-${request.id}.tar.zst`, ...info, content: () => fs.createReadStream(temporary.info) },
  ]
  const zip = writeStoredZip(members, request.timestampSeconds)
  return { codec, summary: await writeHashed(zip, temporary.archive, context) }
}

async function writeTarBz2(
  request: PackageArchiveRequest,
  temporary: TemporaryNames,
  context: StageContext,
): Promise<Written> {
  const { codec, compress } = await selectBzip2Encoder(context.system)
  const entries = [...sortEntries(request.info), ...sortEntries(request.content)]
  const sizeBytes = tarSize(entries)
  const tar = reportProgress(tarOf(entries, request, context), { request, sizeBytes, context })
  const summary = await writeHashed(compress(tar, request.level), temporary.archive, context)
  return { codec, summary }
}

function sortEntries(entries: readonly ArchiveEntry[]): ArchiveEntry[] {
  return entries.toSorted((left, right) => comparePackagePaths(left.path, right.path))
}

function tarOf(entries: readonly ArchiveEntry[], request: PackageArchiveRequest, context: StageContext) {
  const { system, signal } = context
  return writeTar(entries, { mtimeSeconds: request.timestampSeconds, system, signal })
}

/** Writes one compressed part and tells what the zip header needs to know about it. */
async function writeMember(
  content: AsyncIterable<Uint8Array>,
  path: string,
  context: StageContext,
): Promise<{ sizeBytes: number; crc32: number }> {
  let sizeBytes = 0
  let checksum = 0
  const counted = async function* () {
    for await (const chunk of content) {
      sizeBytes += chunk.length
      checksum = crc32(chunk, checksum)
      yield chunk
    }
  }
  await pipeline(counted(), context.system.fs.createWriteStream(path), { signal: context.signal })
  return { sizeBytes, crc32: checksum }
}

async function writeHashed(
  content: ByteStream,
  path: string,
  context: StageContext,
): Promise<Written['summary']> {
  const sha256 = createHash('sha256')
  const md5 = createHash('md5')
  let sizeBytes = 0
  const hashed = async function* () {
    for await (const chunk of content) {
      sizeBytes += chunk.length
      sha256.update(chunk)
      md5.update(chunk)
      yield chunk
    }
  }
  const file = context.system.fs.createWriteStream(path, { flush: true })
  await pipeline(hashed(), file, { signal: context.signal })
  return { sizeBytes, sha256: sha256.digest('hex'), md5: md5.digest('hex') }
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
