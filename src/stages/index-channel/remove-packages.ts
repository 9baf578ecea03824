/** Decides how packages leave a channel, or move to another one: no reader finds a record whose file is gone. */
import path from 'node:path'
import type { StageContext } from '../../system/index.js'
import { addLocked, isSameFile, type NewPackage, placeOf, targetOf } from './add-packages.js'
import { indexLocked, lockChannel } from './index-channel.js'
import type { ListedFile } from './types.js'

/** Takes packages out of the index first, then removes their files. */
export async function removePackages(
  channelDirectory: string,
  packages: readonly ListedFile[],
  context: StageContext,
): Promise<void> {
  await lockChannel(channelDirectory, context, () => removeLocked(channelDirectory, packages, context))
}

async function removeLocked(
  channelDirectory: string,
  packages: readonly ListedFile[],
  context: StageContext,
): Promise<void> {
  const without = new Set(packages.map(placeOf))
  await indexLocked(channelDirectory, { subdirs: subdirsOf(packages), without }, context)
  for (const item of packages) await context.system.fs.remove(targetOf(channelDirectory, item))
}

/**
 * Moves packages from one channel to another one: at every moment at least one of both lists them, with their files.
 * @param choose finds them; nobody else writes into either channel any more when it is called
 * @returns what was moved
 * @throws BuildError `index/package-exists`
 */
export async function movePackages(
  choose: () => Promise<readonly ListedFile[]>,
  {
    from,
    to,
    existing,
  }: { readonly from: string; readonly to: string; readonly existing: 'replace' | 'refuse' },
  context: StageContext,
): Promise<readonly ListedFile[]> {
  const move = async () => {
    const packages = await choose()
    const placed = packages.map((item) => ({ ...item, file: targetOf(from, item) }))
    const options = { by: 'copy', existing, complete: true, subdirs: subdirsOf(packages) } as const
    await addLocked(to, placed, options, context)
    await removeLocked(from, packages, context)
    return packages
  }
  // Always in the same order: two that move in opposite directions would wait for each other.
  const [outer, inner] = from < to ? [from, to] : [to, from]
  return lockChannel(outer, context, () => lockChannel(inner, context, move))
}

/** Moves the file of a package out of the channel, and takes it out of the index when it is the one that is listed there. */
export async function retirePackage(
  channelDirectory: string,
  item: NewPackage,
  to: string,
  context: StageContext,
): Promise<void> {
  const { fs } = context.system
  await lockChannel(channelDirectory, context, async () => {
    const listed = targetOf(channelDirectory, item)
    const [own, there] = [await fs.lstat(item.file), await fs.lstat(listed)]
    // Another process may have put its own file there.
    const isListed = there !== undefined && isSameFile(there, own)
    if (isListed) {
      const without = new Set([placeOf(item)])
      await indexLocked(channelDirectory, { subdirs: [item.record.subdir], without }, context)
    }
    await fs.makeDirectory(path.dirname(to))
    await fs.rename(item.file, to)
    if (isListed) await fs.remove(listed)
  })
}

function subdirsOf(packages: readonly ListedFile[]): readonly string[] {
  return [...new Set(packages.map(({ record }) => record.subdir))]
}
