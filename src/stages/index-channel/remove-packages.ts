/** Decides how packages leave a channel, or move to another one: no reader finds a record whose file is gone. */
import type { StageContext } from '../../system/index.js'
import { addPackages, placeOf, targetOf } from './add-packages.js'
import { indexLocked, lockChannel } from './index-channel.js'
import type { ListedFile } from './types.js'

/** Takes packages out of the index first, then removes their files. */
export async function removePackages(
  channelDirectory: string,
  packages: readonly ListedFile[],
  context: StageContext,
): Promise<void> {
  await lockChannel(channelDirectory, context, async () => {
    const without = new Set(packages.map(placeOf))
    await indexLocked(channelDirectory, { subdirs: subdirsOf(packages), without }, context)
    for (const item of packages) await context.system.fs.remove(targetOf(channelDirectory, item))
  })
}

/**
 * Moves packages from one channel to another one: at every moment at least one of both lists them, with their files.
 * @throws BuildError `index/package-exists`
 */
export async function movePackages(
  packages: readonly ListedFile[],
  { from, to }: { readonly from: string; readonly to: string },
  { existing, context }: { readonly existing: 'replace' | 'refuse'; readonly context: StageContext },
): Promise<void> {
  const placed = packages.map((item) => ({ ...item, file: targetOf(from, item) }))
  const options = { by: 'copy', existing, complete: true, subdirs: subdirsOf(packages) } as const
  await addPackages(to, placed, options, context)
  await removePackages(from, packages, context)
}

function subdirsOf(packages: readonly ListedFile[]): readonly string[] {
  return [...new Set(packages.map(({ record }) => record.subdir))]
}
