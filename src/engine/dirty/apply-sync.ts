/** Carries a sync plan out: files come and go in the work directory, what somebody changed is kept aside. */
import path from 'node:path'
import type { FileSystem, System } from '../../system/index.js'
import { parentsOf, type SyncPlan } from './plan-sync.js'

export interface SyncPlaces {
  /** Absolute; its files are moved away. */
  readonly fresh: string
  /** Absolute. */
  readonly work: string
  /** Absolute; gets the files that were changed by somebody. */
  readonly conflicts: string
}

/** What is copied gets the time of now, so that tools that compare times make again what depends on it. */
export async function applySync(
  plan: SyncPlan,
  places: SyncPlaces,
  { fs, clock }: Pick<System, 'fs' | 'clock'>,
): Promise<void> {
  await keepConflicts(plan.conflicts, places, fs)
  for (const name of plan.remove) {
    // Below a link lies somebody else's directory.
    if (!(await isBelowDirectories(name, places.work, fs))) continue
    await removeEntry(path.join(places.work, name), fs)
    await removeEmptyParents(name, places, fs)
  }
  for (const name of plan.copy) {
    const [from, to] = [path.join(places.fresh, name), path.join(places.work, name)]
    await makeParents(name, places.work, fs)
    if ((await fs.lstat(from))?.type === 'directory') {
      await makeRealDirectory(to, fs)
      continue
    }
    await fs.remove(to)
    await fs.rename(from, to)
    if ((await fs.lstat(to))?.type === 'file') await fs.setTimes(to, clock.now())
  }
  const info = path.join(places.fresh, '.source_info.json')
  if (await fs.lstat(info)) await fs.rename(info, path.join(places.work, '.source_info.json'))
}

/** Files only: a directory in the place of a file is what the build made. */
export async function keepConflicts(
  names: readonly string[],
  { work, conflicts }: Omit<SyncPlaces, 'fresh'>,
  fs: FileSystem,
): Promise<void> {
  for (const name of names) {
    const [from, to] = [path.join(work, name), path.join(conflicts, name)]
    if (!(await isBelowDirectories(name, work, fs)) || (await fs.lstat(from))?.type !== 'file') continue
    await makeParents(name, conflicts, fs)
    await fs.remove(to)
    await fs.copyFile(from, to)
  }
}

async function isBelowDirectories(name: string, root: string, fs: FileSystem): Promise<boolean> {
  for (const parent of parentsOf(name)) {
    if ((await fs.lstat(path.join(root, parent)))?.type !== 'directory') return false
  }
  return true
}

async function makeParents(name: string, root: string, fs: FileSystem): Promise<void> {
  await fs.makeDirectory(root)
  for (const parent of parentsOf(name)) await makeRealDirectory(path.join(root, parent), fs)
}

/** A file or link in the way is removed. */
async function makeRealDirectory(directory: string, fs: FileSystem): Promise<void> {
  const type = (await fs.lstat(directory))?.type
  if (type === 'directory') return
  if (type !== undefined) await fs.remove(directory)
  await fs.createDirectory(directory)
}

/** What the build put into a directory stays, and the directory with it. */
async function removeEntry(place: string, fs: FileSystem): Promise<void> {
  if ((await fs.lstat(place))?.type === 'directory') await fs.removeEmptyDirectory(place)
  else await fs.remove(place)
}

/** A directory goes with its last file, unless the sources have it still. */
async function removeEmptyParents(name: string, { fresh, work }: SyncPlaces, fs: FileSystem): Promise<void> {
  for (const parent of [...parentsOf(name)].reverse()) {
    if ((await fs.lstat(path.join(fresh, parent)))?.type === 'directory') return
    if (!(await fs.removeEmptyDirectory(path.join(work, parent)))) return
  }
}
