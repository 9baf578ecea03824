/** Makes the output directory a channel that can be built into. */
import path from 'node:path'
import { indexChannel } from '../stages/index-channel/index.js'
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
  await indexChannel(outputDirectory, {}, context)
}
