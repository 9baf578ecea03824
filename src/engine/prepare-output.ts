/** Makes the output directory a channel that can be built into. */
import path from 'node:path'
import { indexChannel } from '../stages/index-channel/index.js'
import { untestedDirectory } from '../stages/write-package/index.js'
import type { BuildContext } from './context.js'
import { logDirectory } from './log-directory.js'

/** Creates what is missing; the ignore file keeps the directory out of `path:` sources that contain it. */
export async function prepareOutput(
  outputDirectory: string,
  context: Pick<BuildContext, 'system' | 'emit' | 'signal'>,
): Promise<void> {
  const { fs } = context.system
  await fs.makeDirectory(logDirectory(outputDirectory))
  const ignoreFile = path.join(outputDirectory, '.condapackageignore')
  if (!(await fs.lstat(ignoreFile))) await fs.writeFile(ignoreFile, '*\n')
  await removeForgotten(path.join(outputDirectory, untestedDirectory), context)
  await indexChannel(outputDirectory, {}, context)
}

/** No test runs this long: what is older was left by a run that was killed. */
const forgottenAfterMs = 24 * 3_600_000

async function removeForgotten(directory: string, { system }: Pick<BuildContext, 'system'>): Promise<void> {
  const { fs, clock } = system
  for (const name of await fs.list(directory)) {
    const info = await fs.lstat(path.join(directory, name))
    if (info && clock.now() - info.mtimeMs > forgottenAfterMs) await fs.remove(path.join(directory, name))
  }
}
