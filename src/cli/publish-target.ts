/** Words for channels that krait writes into, to directories. */
import path from 'node:path'
import type { System } from '../system/index.js'
import { pathOfFileUrl } from '../text/index.js'
import {
  badFileUrl,
  channelMissing,
  channelNotDirectory,
  namedChannelTarget,
  remoteTarget,
} from './errors.js'

/**
 * The absolute directory of a channel that is written to, which need not exist: a path, or a `file://` URL.
 * @param missing the error when there is no directory of a name that looks like a channel of a server
 * @throws BuildError `usage/remote-target`, `usage/named-target`, `usage/file-url`, `usage/channel-not-directory`
 */
export async function channelDirectory(
  text: string,
  system: System,
  missing: (text: string) => Error = namedChannelTarget,
): Promise<string> {
  const directory = channelPath(text, system)
  const isDirectory = await hasDirectory(directory, system)
  // A bare word is how channels of servers are named; as a directory it has to be there already.
  if (!isDirectory && !/[\\/.]/.test(text)) throw missing(text)
  return directory
}

/** The same for a channel that has to be there. @throws BuildError `usage/channel-missing`, and the others */
export async function existingChannel(text: string, system: System): Promise<string> {
  const directory = channelPath(text, system)
  if (!(await hasDirectory(directory, system))) throw channelMissing(text)
  return directory
}

function channelPath(text: string, { host }: System): string {
  if (text.startsWith('file://')) {
    const directory = pathOfFileUrl(text)
    if (directory === undefined) throw badFileUrl(text)
    return directory
  }
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) throw remoteTarget(text)
  return path.resolve(host.currentDirectory, text)
}

async function hasDirectory(directory: string, { fs }: System): Promise<boolean> {
  const info = await fs.stat(directory)
  if (info !== undefined && info.type !== 'directory') throw channelNotDirectory(directory)
  return info !== undefined
}
