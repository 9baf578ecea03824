/** Says what is in the package cache, and what of it environments use. */
import path from 'node:path'
import type { StageContext } from '../../system/index.js'
import { mapConcurrently } from './map-concurrently.js'
import { markName, packageDirectory, readMark, unpackPrefix } from './package-cache.js'

/** One unpacked package. */
export interface CacheEntry {
  /** `name-version-build-<beginning of the checksum>`. */
  readonly name: string
  /** Absolute. */
  readonly directory: string
  /** Of all files, without what the file system adds. */
  readonly sizeBytes: number
  /** How many files it has. */
  readonly files: number
  /** When it was unpacked, milliseconds since the epoch. */
  readonly unpackedMs: number
  /** How many environments share files with it, as far as links can tell: copies and packages without such files give 0. */
  readonly links: number
}

/** `krait cache list --json` */
export interface CacheListing {
  /** The cache directory, absolute. */
  readonly cache: string
  /** Sorted by name. */
  readonly packages: readonly ListedCacheEntry[]
}

/** A package that is unpacked in the cache. */
export interface ListedCacheEntry extends Omit<CacheEntry, 'directory' | 'unpackedMs'> {
  /** When it was unpacked: ISO 8601, in UTC. */
  readonly unpacked: string
}

/** For scripts. */
export function toCacheListing(cache: string, entries: readonly CacheEntry[]): CacheListing {
  const packages = entries.map(({ directory: _directory, unpackedMs, ...rest }) => {
    return { ...rest, unpacked: new Date(unpackedMs).toISOString() }
  })
  return { cache, packages }
}

/** The complete entries, sorted by name. */
export async function listCache(
  cacheDirectory: string,
  context: Pick<StageContext, 'system'>,
): Promise<readonly CacheEntry[]> {
  const root = packageDirectory(cacheDirectory)
  const names = (await context.system.fs.list(root)).filter((name) => !name.startsWith(unpackPrefix))
  const entries = await mapConcurrently(names, 4, (name) => lookAt(path.join(root, name), context))
  return entries.flatMap((entry) => entry ?? [])
}

/** Undefined for what is not complete, or has just gone. */
async function lookAt(
  directory: string,
  context: Pick<StageContext, 'system'>,
): Promise<CacheEntry | undefined> {
  const { fs } = context.system
  const mark = await readMark(directory, context)
  const info = await fs.lstat(path.join(directory, markName))
  if (!mark || !info) return undefined
  const { files, sizeBytes } = mark
  const links = await countLinks(directory, context)
  return { name: path.basename(directory), directory, files, sizeBytes, unpackedMs: info.mtimeMs, links }
}

/** Every environment gives each linked file one more name. */
export async function countLinks(
  directory: string,
  { system }: Pick<StageContext, 'system'>,
): Promise<number> {
  let most = 1
  const isInfo = ({ path: file }: { readonly path: string }) => file === 'info'
  for (const { path: file, type } of await system.fs.walk(directory, isInfo)) {
    if (type !== 'file') continue
    const info = await system.fs.lstat(path.join(directory, file))
    most = Math.max(most, info?.links ?? 1)
  }
  return most - 1
}
