/** Removes what processes left behind that were killed while they wrote into a channel. */
import path from 'node:path'
import type { StageContext } from '../../system/index.js'

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
    ...[channelDirectory, ...own].map((directory) => ({ directory, pattern: unfinishedForm })),
    ...own.flatMap((directory) =>
      ['.cache', 'shards'].map((name) => ({ directory: path.join(directory, name), pattern: unfinished })),
    ),
  ]
  for (const { directory, pattern } of places) {
    const left = (await system.fs.list(directory)).filter((name) => pattern.test(name))
    for (const name of left) await system.fs.remove(path.join(directory, name))
  }
}

const unfinished = /^\..+\.\d+\.\d+\.tmp$/
const unfinishedForm =
  /^\.(?:(?:repodata|run_exports|channeldata)\.json(?:\.zst)?|repodata_shards\.msgpack\.zst)\.\d+\.\d+\.tmp$|^\..+\.\d+\.add\.tmp$/
