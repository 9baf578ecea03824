/** Decides what may go from the cache, and removes it while nobody uses it. Sources are not touched. */
import path from 'node:path'
import type { StageContext } from '../../system/index.js'
import { listCache } from './list-cache.js'
import { readMark } from './package-cache.js'
import { withExclusiveCache } from './share-cache.js'
import { isAbandoned, readHolder } from './with-lock.js'

export interface CleanOptions {
  /** Also packages that environments link to. */
  readonly all: boolean
  /** Only what is older. */
  readonly olderThanMs: number | undefined
  readonly dryRun: boolean
}

/** Something that went from the cache, or would go. */
export interface CleanedItem {
  /** An unpacked package, what a broken-off run left, a partial download, or the index of a channel. */
  readonly kind: 'package' | 'leftover' | 'download' | 'repodata'
  /** Relative to the cache. */
  readonly path: string
  readonly sizeBytes: number
}

/** `krait cache clean --json` */
export interface CacheCleaning {
  /** The cache directory, absolute. */
  readonly cache: string
  /** Nothing was removed: this is what would be. */
  readonly dryRun: boolean
  /** Of all that is listed. */
  readonly sizeBytes: number
  readonly removed: readonly CleanedItem[]
}

/**
 * Removes packages that no environment links to, what broken-off runs left, partial downloads and repodata. Waits for
 * runs that use the cache; a dry run does not.
 * @returns what went, or would go
 */
export async function cleanCache(
  cacheDirectory: string,
  options: CleanOptions,
  context: StageContext,
): Promise<readonly CleanedItem[]> {
  if (options.dryRun) return findItems(cacheDirectory, options, context)
  if (!(await context.system.fs.stat(cacheDirectory))) return []
  return withExclusiveCache(cacheDirectory, context, async () => {
    const items = await findItems(cacheDirectory, options, context)
    for (const [done, { kind, path: relative }] of items.entries()) {
      context.signal.throwIfAborted()
      await removeItem(path.join(cacheDirectory, relative), kind, context)
      const progress = { stage: 'install', action: 'index', unit: 'files' } as const
      context.emit({ type: 'progress', ...progress, subject: 'cache', done: done + 1, total: items.length })
    }
    await forgetLocks(cacheDirectory, context)
    return items
  })
}

/** Locks of processes that are gone. */
async function forgetLocks(cacheDirectory: string, context: StageContext): Promise<void> {
  const { fs } = context.system
  const directory = path.join(cacheDirectory, 'locks')
  for (const name of await fs.list(directory)) {
    const lock = path.join(directory, name)
    if (await isAbandoned(lock, await readHolder(lock, context), context)) await fs.remove(lock)
  }
}

/** Without its mark an entry is not complete, so a removal that breaks off leaves nothing that looks usable. */
async function removeItem(
  target: string,
  kind: CleanedItem['kind'],
  { system }: StageContext,
): Promise<void> {
  if (kind === 'package') await system.fs.remove(path.join(target, 'info'))
  await system.fs.remove(target)
}

async function findItems(
  cacheDirectory: string,
  { all, olderThanMs }: CleanOptions,
  context: StageContext,
): Promise<readonly CleanedItem[]> {
  const limitMs = olderThanMs === undefined ? undefined : context.system.clock.now() - olderThanMs
  const isOld = (timeMs: number) => limitMs === undefined || timeMs < limitMs
  const entries = await listCache(cacheDirectory, context)
  const packages = entries
    .filter(({ links, unpackedMs }) => (all || links === 0) && isOld(unpackedMs))
    .map(({ name, sizeBytes }) => ({ kind: 'package', path: `pkgs/v1/${name}`, sizeBytes }) as const)
  const loose = [
    ...(await listLoose(cacheDirectory, { kind: 'leftover', directory: 'pkgs/v1' }, context)),
    ...(await listLoose(cacheDirectory, { kind: 'download', directory: 'dl' }, context)),
    ...(await listLoose(cacheDirectory, { kind: 'repodata', directory: 'repodata' }, context)),
  ]
  const old = loose.filter(({ timeMs }) => isOld(timeMs)).map(({ timeMs: _timeMs, ...item }) => item)
  return [...packages, ...old]
}

/** Everything in a directory; of the packages only what is not complete. */
async function listLoose(
  cacheDirectory: string,
  { kind, directory }: { readonly kind: CleanedItem['kind']; readonly directory: string },
  context: StageContext,
): Promise<readonly (CleanedItem & { readonly timeMs: number })[]> {
  const { fs } = context.system
  const found: (CleanedItem & { timeMs: number })[] = []
  for (const name of await fs.list(path.join(cacheDirectory, directory))) {
    const target = path.join(cacheDirectory, directory, name)
    if (kind === 'leftover' && (await readMark(target, context))) continue
    const info = await fs.lstat(target)
    if (!info) continue
    const sizeBytes = info.type === 'directory' ? await sizeOf(target, context) : info.sizeBytes
    found.push({ kind, path: `${directory}/${name}`, sizeBytes, timeMs: info.mtimeMs })
  }
  return found
}

async function sizeOf(directory: string, { system }: StageContext): Promise<number> {
  let sum = 0
  for (const { path: file, type } of await system.fs.walk(directory)) {
    if (type === 'file') sum += (await system.fs.lstat(path.join(directory, file)))?.sizeBytes ?? 0
  }
  return sum
}
