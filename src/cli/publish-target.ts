/** Words for channels that krait writes into, to directories. */
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { labelledChannel } from '../engine/index.js'
import type { Settings } from '../settings/index.js'
import type { System } from '../system/index.js'
import { namedChannelTarget, remoteTarget } from './errors.js'

/**
 * The absolute directory of a channel: a path, or a `file://` URL.
 * @throws BuildError `usage/remote-target`, `usage/named-target`
 */
export async function channelDirectory(text: string, { host, fs }: System): Promise<string> {
  if (text.startsWith('file://')) return fileURLToPath(text)
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) throw remoteTarget(text)
  const directory = path.resolve(host.currentDirectory, text)
  // A bare word is how channels of servers are named; as a directory it has to be there already.
  const isBare = !/[\\/.]/.test(text)
  if (isBare && !(await fs.stat(directory))) throw namedChannelTarget(text)
  return directory
}

/** The channel of `--to` and `--label`. */
export async function labelledTarget(
  to: string,
  { label }: Pick<Settings, 'label'>,
  system: System,
): Promise<string> {
  return labelledChannel(await channelDirectory(to, system), label)
}
