/** Says what the source cache holds, and empties it. */
import { join } from 'node:path'
import { stripCredentials } from '../../conda/index.js'
import type { StageContext } from '../../system/index.js'

/** A file or a git repository that earlier runs have fetched. */
export interface CacheEntry {
  readonly kind: 'url' | 'git'
  /** Name of the file, or address of the repository without credentials. */
  readonly name: string
  /** Of files, in hexadecimal. */
  readonly sha256?: string
  /** With what was extracted of it. */
  readonly sizeBytes: number
  /** Absolute. */
  readonly path: string
}

/** `krait source cache list --json` */
export interface SourceCacheListing {
  /** Files, then repositories, each by name. */
  readonly entries: readonly CacheEntry[]
  /** Of all that is listed. */
  readonly sizeBytes: number
}

/** `krait source cache clean --json` */
export interface SourceCacheCleaning {
  /** Nothing was removed: this is what would be. */
  readonly dryRun: boolean
  /** Of all that is listed. */
  readonly sizeBytes: number
  /** Files, then repositories, each by name. */
  readonly removed: readonly CacheEntry[]
}

export interface CachePlaces {
  /** Absolute; files are kept below `sources/`. */
  readonly cacheDirectory: string
  /** Absolute; git repositories are kept below `src_cache/`. */
  readonly outputDirectory: string
}

type CacheContext = Pick<StageContext, 'system'>

/** Files, then repositories, each by name. */
export async function listSourceCache(
  places: CachePlaces,
  context: CacheContext,
): Promise<readonly CacheEntry[]> {
  const byName = (left: CacheEntry, right: CacheEntry) => (left.name < right.name ? -1 : 1)
  const files = [...(await listFiles(join(places.cacheDirectory, 'sources'), context))].sort(byName)
  const repositories = [...(await listRepositories(places.outputDirectory, context))].sort(byName)
  return [...files, ...repositories]
}

/** Removes everything that the list names, and what interrupted downloads have left. */
export async function cleanSourceCache(places: CachePlaces, context: CacheContext): Promise<void> {
  const { fs } = context.system
  for (const name of ['sha256', 'urls', 'dl', 'tmp']) {
    await fs.remove(join(places.cacheDirectory, 'sources', name))
  }
  await fs.remove(join(places.outputDirectory, 'src_cache'))
}

async function listFiles(root: string, context: CacheContext): Promise<readonly CacheEntry[]> {
  const { fs } = context.system
  const names = await namesBySum(root, context)
  const entries: CacheEntry[] = []
  for (const start of await fs.list(join(root, 'sha256'))) {
    for (const sha256 of await fs.list(join(root, 'sha256', start))) {
      const path = join(root, 'sha256', start, sha256)
      const sizeBytes = await sizeOf(path, context)
      entries.push({ kind: 'url', name: names.get(sha256) ?? sha256.slice(0, 12), sha256, sizeBytes, path })
    }
  }
  return entries
}

/** What files were called where they came from; those that were never asked for by address have no name. */
async function namesBySum(root: string, { system }: CacheContext): Promise<ReadonlyMap<string, string>> {
  const names = new Map<string, string>()
  for (const note of await system.fs.list(join(root, 'urls'))) {
    try {
      const text = await system.fs.readText(join(root, 'urls', note))
      const { sha256, fileName } = JSON.parse(text) as { sha256?: unknown; fileName?: unknown }
      if (typeof sha256 === 'string' && typeof fileName === 'string') names.set(sha256, fileName)
    } catch {
      // A damaged note only costs a name.
    }
  }
  return names
}

async function listRepositories(
  outputDirectory: string,
  context: CacheContext,
): Promise<readonly CacheEntry[]> {
  const { fs } = context.system
  const git = join(outputDirectory, 'src_cache', 'git')
  const entries: CacheEntry[] = []
  for (const key of await fs.list(join(git, 'db'))) {
    const path = join(git, 'db', key)
    const config = join(path, '.git', 'config')
    const text = (await fs.stat(config)) === undefined ? '' : await fs.readText(config)
    const url = /\[remote "origin"\][^[]*?url = ([^\n]+)/.exec(text)?.[1]
    const sizeBytes = (await sizeOf(path, context)) + (await sizeOf(join(git, 'checkouts', key), context))
    entries.push({ kind: 'git', name: url === undefined ? key : stripCredentials(url), sizeBytes, path })
  }
  return entries
}

async function sizeOf(directory: string, { system }: CacheContext): Promise<number> {
  let bytes = 0
  for (const { path, type } of await system.fs.walk(directory)) {
    if (type === 'file') bytes += (await system.fs.lstat(join(directory, path)))?.sizeBytes ?? 0
  }
  return bytes
}
