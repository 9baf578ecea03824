/** Compares every file of the package cache with what its package says. */
import { createHash } from 'node:crypto'
import path from 'node:path'
import type { StageContext } from '../../system/index.js'
import { cacheDamaged, installInterrupted } from './errors.js'
import { type CacheEntry, listCache } from './list-cache.js'
import { mapConcurrently } from './map-concurrently.js'
import { hashPaths, markName, readMark } from './package-cache.js'
import { withExclusiveCache } from './share-cache.js'

export interface VerifiedCache {
  /** How many packages were looked at. */
  readonly packages: number
  /** How many files were compared with their checksums. */
  readonly files: number
  /** Names of the entries that were damaged, and are gone. */
  readonly damaged: readonly string[]
}

/** `krait cache verify --json` */
export interface CacheVerification extends VerifiedCache {
  /** The cache directory, absolute. */
  readonly cache: string
}

/**
 * Looks at every entry while others use the cache; only to remove a damaged one, it waits for them. A warning names each.
 */
export async function verifyCache(cacheDirectory: string, context: StageContext): Promise<VerifiedCache> {
  const entries = await listCache(cacheDirectory, context)
  const damaged: CacheEntry[] = []
  let files = 0
  for (const [done, entry] of entries.entries()) {
    if (context.signal.aborted) throw installInterrupted()
    const progress = { stage: 'install', action: 'hash', unit: 'files', total: entries.length } as const
    context.emit({ type: 'progress', ...progress, subject: entry.name, done })
    const damage = await findDamage(entry, context)
    // Somebody may have taken the entry away or made it anew in the meantime.
    const isGone = damage !== undefined && !(await isUnchanged(entry, context))
    files += entry.files
    if (damage === undefined || isGone) continue
    damaged.push(entry)
    context.emit({ type: 'warning', ...cacheDamaged(entry.name, damage.file, damage.reason) })
  }
  if (damaged.length > 0) await dropEntries(cacheDirectory, damaged, context)
  return { packages: entries.length, files, damaged: damaged.map(({ name }) => name) }
}

async function dropEntries(
  cacheDirectory: string,
  entries: readonly CacheEntry[],
  context: StageContext,
): Promise<void> {
  const { fs } = context.system
  // From now on nobody starts to use them.
  for (const entry of entries) {
    if (await isUnchanged(entry, context)) await fs.remove(path.join(entry.directory, markName))
  }
  await withExclusiveCache(cacheDirectory, context, async () => {
    for (const { directory } of entries) {
      if (!(await readMark(directory, context))) await fs.remove(directory)
    }
  })
}

async function isUnchanged(
  { directory, unpackedMs }: CacheEntry,
  { system }: StageContext,
): Promise<boolean> {
  return (await system.fs.lstat(path.join(directory, markName)))?.mtimeMs === unpackedMs
}

interface Damage {
  readonly file: string
  readonly reason: string
}

async function findDamage({ directory }: CacheEntry, context: StageContext): Promise<Damage | undefined> {
  const mark = await readMark(directory, context)
  const list = 'info/paths.json'
  const actual = await hashPaths(directory, context)
  if (mark?.pathsSha256 !== actual && mark?.pathsSha256 !== undefined) return { file: list, reason: differs }
  const described = actual === undefined ? [] : await readPaths(path.join(directory, list), context)
  if (described === undefined) return { file: list, reason: 'is no list of files' }
  const damages = await mapConcurrently(described, parallelFiles, (file) => lookAt(directory, file, context))
  return damages.find((damage) => damage !== undefined)
}

const parallelFiles = 8
const differs = 'differs from its checksum'

interface DescribedFile {
  readonly _path: string
  readonly path_type?: string
  readonly sha256?: string
  readonly size_in_bytes?: number
}

async function readPaths(
  file: string,
  { system }: StageContext,
): Promise<readonly DescribedFile[] | undefined> {
  try {
    const { paths } = JSON.parse(await system.fs.readText(file)) as {
      readonly paths?: readonly DescribedFile[]
    }
    return Array.isArray(paths) && paths.every(({ _path }) => typeof _path === 'string') ? paths : undefined
  } catch {
    return undefined
  }
}

async function lookAt(
  directory: string,
  { _path: file, path_type: type, sha256, size_in_bytes: size }: DescribedFile,
  { system }: StageContext,
): Promise<Damage | undefined> {
  const target = path.join(directory, file)
  const info = await system.fs.lstat(target)
  if (!info) return { file, reason: 'is gone' }
  // The checksum of a link is that of what it leads to, which may be in another package.
  if (type !== 'hardlink' || info.type !== 'file') return undefined
  if (size !== undefined && size !== info.sizeBytes) {
    return { file, reason: `has ${info.sizeBytes} bytes in place of ${size}` }
  }
  if (sha256 === undefined) return undefined
  return (await hashFile(target, info.sizeBytes, system)) === sha256.toLowerCase()
    ? undefined
    : { file, reason: differs }
}

/** Above this a file is read in pieces. */
const wholeBytes = 1 << 22

async function hashFile(file: string, sizeBytes: number, { fs }: StageContext['system']): Promise<string> {
  const hash = createHash('sha256')
  if (sizeBytes <= wholeBytes) return hash.update(await fs.readBytes(file)).digest('hex')
  for await (const chunk of fs.createReadStream(file)) hash.update(chunk as Buffer)
  return hash.digest('hex')
}
