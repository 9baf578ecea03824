/** Finds the packages that a build was given, when they came from channels that lie somewhere on the machine. */

import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { hashFile } from '../../archive/index.js'
import type {
  ChannelRecord,
  SolvedEnvironment,
  SolvedEnvironments,
} from '../../stages/solve-environments/index.js'
import type { StageContext } from '../../system/index.js'
import { recordNotFound } from './errors.js'

/**
 * The same environments with URLs that lead to the archives here; http URLs stay.
 * @param directories of channels, in the order in which they are searched
 * @throws BuildError `install/record-not-found`
 */
export async function locateEnvironments(
  environments: SolvedEnvironments,
  directories: readonly string[],
  context: StageContext,
): Promise<SolvedEnvironments> {
  const locate = async (environment: SolvedEnvironment | undefined) => {
    if (environment === undefined) return undefined
    const resolved: ChannelRecord[] = []
    for (const record of environment.resolved) resolved.push(await locateRecord(record, directories, context))
    return { ...environment, resolved }
  }
  return { ...environments, build: await locate(environments.build), host: await locate(environments.host) }
}

async function locateRecord(
  record: ChannelRecord,
  directories: readonly string[],
  context: StageContext,
): Promise<ChannelRecord> {
  if (!record.url.startsWith('file:')) return record
  for (const directory of directories) {
    const file = path.join(directory, path.basename(record.subdir), path.basename(record.fn))
    if ((await context.system.fs.stat(file))?.type !== 'file') continue
    if (record.sha256 !== undefined && (await hashFile(file, context)).sha256 !== record.sha256) continue
    return { ...record, url: pathToFileURL(file).href, channel: pathToFileURL(`${directory}/`).href }
  }
  throw recordNotFound(record.fn, directories)
}
