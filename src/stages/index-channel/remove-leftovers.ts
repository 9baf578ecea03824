/** Removes what processes left behind that were killed while they wrote into a channel. */
import path from 'node:path'
import { type StageContext, unfinishedTarget } from '../../system/index.js'
import { indexName, shardDirectory } from './known-shards.js'

/**
 * The caller holds the lock of the channel, so nobody is writing what is looked for here. Unfinished archives of builds are
 * something else: those are written without the lock.
 */
export async function removeLeftovers(
  channelDirectory: string,
  subdirs: readonly string[],
  { system }: Pick<StageContext, 'system'>,
): Promise<void> {
  const own = subdirs.map((subdir) => path.join(channelDirectory, subdir))
  const places = [
    ...[channelDirectory, ...own].map((directory) => ({ directory, isLeft: isUnfinishedForm })),
    ...own.flatMap((directory) =>
      [path.join(directory, '.cache'), shardDirectory(directory)].map((inside) => {
        return { directory: inside, isLeft: (name: string) => unfinishedTarget(name) !== undefined }
      }),
    ),
  ]
  for (const { directory, isLeft } of places) {
    const left = (await system.fs.list(directory)).filter(isLeft)
    for (const name of left) await system.fs.remove(path.join(directory, name))
  }
}

/** Forms of the index, and packages on their way into the channel. */
function isUnfinishedForm(name: string): boolean {
  return forms.has(unfinishedTarget(name) ?? '') || name.endsWith(addedSuffix)
}

const forms = new Set([
  'repodata.json',
  'repodata.json.zst',
  'run_exports.json',
  'channeldata.json',
  indexName,
])

/** How packages are called until they have their names in the channel. */
export const addedSuffix = '.add.tmp'
