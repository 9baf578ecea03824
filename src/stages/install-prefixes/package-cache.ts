/** Decides where the content of a package lies, and unpacks it there once (spec: environment.md C.1). */
import { createHash } from 'node:crypto'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { extractPackage } from '../../archive/index.js'
import { isBuildError } from '../../errors/index.js'
import type { StageContext } from '../../system/index.js'
import type { ChannelRecord } from '../solve-environments/index.js'
import { downloadArchive, hashArchive } from './archive-bytes.js'
import { checksumMismatch, unsupportedUrl } from './errors.js'
import { withLock } from './with-lock.js'

/** A package in the cache. */
export interface CachedPackage {
  readonly record: ChannelRecord
  /** Absolute directory with the package's files and `info/`. */
  readonly directory: string
}

/** Written last: a directory without it is not complete. */
export const markName = 'info/.krait.json'

/** Beginning of the names of directories that are being filled. */
export const unpackPrefix = '.unpack-'

export interface CacheMark {
  /** sha256 of the archive, or of what its channel says instead. */
  readonly key: string
  readonly files: number
  readonly sizeBytes: number
  /** Of `info/paths.json`, when there is one. */
  readonly pathsSha256?: string
}

/** Where the unpacked packages lie. */
export function packageDirectory(cacheDirectory: string): string {
  return path.join(cacheDirectory, 'pkgs', 'v1')
}

/** The mark of an entry; undefined when the entry is not complete. */
export async function readMark(
  directory: string,
  { system }: Pick<StageContext, 'system'>,
): Promise<CacheMark | undefined> {
  const file = path.join(directory, markName)
  if ((await system.fs.lstat(file))?.type !== 'file') return undefined
  try {
    const mark = JSON.parse(await system.fs.readText(file)) as Partial<CacheMark> | null
    const { key, files, sizeBytes, pathsSha256 } = mark ?? {}
    if (typeof key !== 'string' || typeof files !== 'number' || typeof sizeBytes !== 'number')
      return undefined
    return { key, files, sizeBytes, ...(typeof pathsSha256 === 'string' && { pathsSha256 }) }
  } catch (error) {
    // Something that was there a moment ago, or is no JSON; a file that cannot be read has to be told.
    if (isBuildError(error) && error.code !== 'system/not-found') throw error
    return undefined
  }
}

/** sha256 of the list of files. */
export async function hashPaths(
  directory: string,
  { system }: Pick<StageContext, 'system'>,
): Promise<string | undefined> {
  const file = path.join(directory, 'info/paths.json')
  if ((await system.fs.lstat(file))?.type !== 'file') return undefined
  return createHash('sha256')
    .update(await system.fs.readBytes(file))
    .digest('hex')
}

/**
 * The unpacked package, from the cache or from its channel. The directory is named after the content, so that a package
 * that was rebuilt under the same name never meets its former content.
 * @throws BuildError `install/checksum-mismatch`, `install/download-failed`, `archive/...`
 */
export async function ensurePackage(
  record: ChannelRecord,
  cacheDirectory: string,
  context: StageContext,
): Promise<CachedPackage> {
  const key = contentKey(record)
  const name = `${record.name}-${record.version}-${record.build}`
    .replaceAll(/[^A-Za-z0-9_.!+-]/g, '_')
    .slice(0, 200)
  const directory = path.join(packageDirectory(cacheDirectory), `${name}-${key.slice(0, 16)}`)
  const entry: Entry = { record, key, directory, cacheDirectory }
  if (await isComplete(entry, context)) return { record, directory }
  const lock = path.join(cacheDirectory, 'locks', `${key.slice(0, 32)}.lock`)
  await withLock(lock, context, async () => {
    if (!(await isComplete(entry, context))) await fillEntry(entry, context)
  })
  return { record, directory }
}

interface Entry {
  readonly record: ChannelRecord
  readonly key: string
  readonly directory: string
  readonly cacheDirectory: string
}

/** The sha256 of the archive; old channels list only md5, or nothing, and then the place has to do. */
function contentKey({ sha256, md5, url, size, timestamp }: ChannelRecord): string {
  if (sha256 !== undefined) return sha256.toLowerCase()
  return createHash('sha256')
    .update(JSON.stringify([url, md5, size, timestamp]))
    .digest('hex')
}

async function isComplete({ key, directory }: Entry, context: StageContext): Promise<boolean> {
  return (await readMark(directory, context))?.key === key
}

/** Unpacks next to the final place and renames: a crash leaves a directory that nothing refers to. */
async function fillEntry(entry: Entry, context: StageContext): Promise<void> {
  const { fs } = context.system
  const parent = path.dirname(entry.directory)
  await fs.makeDirectory(parent)
  // The lock is held, so whatever is there was left by a run that is gone.
  const temporary = path.join(parent, `${unpackPrefix}${entry.key.slice(0, 32)}`)
  await fs.remove(temporary)
  await fs.makeDirectory(temporary)
  try {
    const content = path.join(temporary, 'content')
    const unpacked = await unpackVerified(entry, content, context)
    const pathsSha256 = await hashPaths(content, context)
    const mark: CacheMark = { key: entry.key, ...unpacked, ...(pathsSha256 !== undefined && { pathsSha256 }) }
    await fs.makeDirectory(path.join(content, 'info'))
    await fs.remove(path.join(content, markName))
    await fs.writeFile(path.join(content, markName), JSON.stringify(mark))
    await fs.remove(entry.directory)
    await fs.rename(content, entry.directory)
  } finally {
    await fs.remove(temporary)
  }
}

async function unpackVerified(
  { record, key, cacheDirectory }: Entry,
  content: string,
  context: StageContext,
): Promise<{ files: number; sizeBytes: number }> {
  if (record.url.startsWith('file:')) {
    const archive = fileURLToPath(record.url)
    // Both have ended before one of them fails: what still unpacks would write into the directory of the next attempt.
    const [hashed, unpacked] = await Promise.allSettled([
      hashArchive(archive, record, context),
      extractPackage(archive, content, context),
    ])
    if (hashed.status === 'rejected') throw hashed.reason
    if (unpacked.status === 'rejected') throw unpacked.reason
    verify(record, hashed.value)
    return unpacked.value
  }
  if (!/^https?:/.test(record.url)) throw unsupportedUrl(record.url)
  const { fs } = context.system
  const archive = path.join(
    cacheDirectory,
    'dl',
    `${key}${record.fn.endsWith('.conda') ? '.conda' : '.tar.bz2'}`,
  )
  await fs.makeDirectory(path.dirname(archive))
  const actual = await downloadArchive(record, archive, context)
  try {
    // Unlike a file of a local channel this comes from elsewhere, so it is only opened when it is the right one.
    verify(record, actual)
    return await extractPackage(archive, content, context)
  } finally {
    await fs.remove(archive)
  }
}

/**
 * Puts the archive of a record where the caller wants it.
 * @throws BuildError `install/checksum-mismatch`, `install/download-failed`
 */
export async function fetchArchive(
  record: ChannelRecord,
  destination: string,
  context: StageContext,
): Promise<void> {
  if (record.url.startsWith('file:')) {
    const archive = fileURLToPath(record.url)
    verify(record, await hashArchive(archive, record, context))
    await context.system.fs.copyFile(archive, destination)
    return
  }
  if (!/^https?:/.test(record.url)) throw unsupportedUrl(record.url)
  verify(record, await downloadArchive(record, destination, context))
}

function verify(
  record: ChannelRecord,
  actual: { sha256: string; md5: string | undefined; sizeBytes: number },
): void {
  const { sha256, md5, size } = record
  if (sha256 !== undefined && sha256.toLowerCase() !== actual.sha256) {
    throw checksumMismatch(record.fn, { expected: `sha256 ${sha256}`, actual: `sha256 ${actual.sha256}` })
  }
  if (sha256 === undefined && md5 !== undefined && md5.toLowerCase() !== actual.md5) {
    throw checksumMismatch(record.fn, { expected: `md5 ${md5}`, actual: `md5 ${actual.md5}` })
  }
  if (size !== undefined && size !== actual.sizeBytes) {
    throw checksumMismatch(record.fn, { expected: `${size} bytes`, actual: `${actual.sizeBytes} bytes` })
  }
}
