/** Carries a sync plan out: files come and go in the work directory, what somebody changed is kept aside. */
import path from 'node:path'
import type { FileSystem, System } from '../../system/index.js'
import type { SyncPlan } from './plan-sync.js'

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
    await fs.remove(path.join(places.work, name))
    await removeEmptyParents(name, places, fs)
  }
  for (const name of plan.copy) {
    const [from, to] = [path.join(places.fresh, name), path.join(places.work, name)]
    await makeParents(name, places.work, fs)
    await fs.remove(to)
    await fs.rename(from, to)
    if ((await fs.lstat(to))?.type === 'file') await fs.setTimes(to, clock.now())
  }
  for (const { path: name, type } of await fs.walk(places.fresh)) {
    if (type === 'directory') await makeParents(`${name}/.`, places.work, fs)
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

/** `a/b/c` to `a`, `a/b` */
function parentsOf(name: string): readonly string[] {
  const parts = name.split('/').slice(0, -1)
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'))
}

/** Real directories: a file or link in the way is removed. */
async function makeParents(name: string, root: string, fs: FileSystem): Promise<void> {
  await fs.makeDirectory(root)
  for (const parent of parentsOf(name)) {
    const directory = path.join(root, parent)
    const type = (await fs.lstat(directory))?.type
    if (type === 'directory') continue
    if (type !== undefined) await fs.remove(directory)
    await fs.createDirectory(directory)
  }
}

/** A directory goes with its last file, unless the sources have it still. */
async function removeEmptyParents(name: string, { fresh, work }: SyncPlaces, fs: FileSystem): Promise<void> {
  for (const parent of [...parentsOf(name)].reverse()) {
    if ((await fs.lstat(path.join(fresh, parent)))?.type === 'directory') return
    if (!(await fs.removeEmptyDirectory(path.join(work, parent)))) return
  }
}
