/** Where things are when nobody says so. */
import path from 'node:path'
import type { Settings } from '../settings/index.js'
import type { System } from '../system/index.js'

/** The user's cache directory for krait: `$XDG_CACHE_HOME/krait` or the platform's own place. */
export function defaultCacheDirectory({ env, host }: System): string {
  const xdg = env.get('XDG_CACHE_HOME')
  if (xdg && path.isAbsolute(xdg)) return path.join(xdg, 'krait')
  if (host.os === 'darwin') return path.join(host.homeDirectory, 'Library/Caches/krait')
  if (host.os === 'win32') return path.join(env.get('LOCALAPPDATA') ?? host.homeDirectory, 'krait', 'cache')
  return path.join(host.homeDirectory, '.cache', 'krait')
}

/** Where packages and repodata are kept: what the settings say, else the usual place. */
export function cacheDirectoryOf({ cacheDir }: Pick<Settings, 'cacheDir'>, system: System): string {
  return cacheDir ? path.resolve(system.host.currentDirectory, cacheDir) : defaultCacheDirectory(system)
}

/** `-c DIR` may name a directory without a leading `./`, when there is one of that name that is a channel. */
export async function plainDirectories(
  channels: readonly string[],
  system: System,
): Promise<readonly string[]> {
  const resolved: string[] = []
  for (const channel of channels) {
    const directory = path.resolve(system.host.currentDirectory, channel)
    const isChannel =
      !channel.includes('://') && (await system.fs.stat(path.join(directory, 'noarch/repodata.json')))
    resolved.push(isChannel ? directory : channel)
  }
  return resolved
}
