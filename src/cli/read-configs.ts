/** Finds and reads configuration files (spec: contract.md 1). */
import path from 'node:path'
import { isBuildError, withHint } from '../errors/index.js'
import { malformedConfig } from '../settings/index.js'
import { parseToml, type System } from '../system/index.js'

export interface ConfigFile {
  readonly file: string
  readonly values: Readonly<Record<string, unknown>>
}

/** What the usual files hold, by path; undefined where there is none. */
export type KnownConfigs = Map<string, Promise<ConfigFile | undefined>>

/** The files that exist, the strongest first. `--config-file` replaces the usual ones, `--no-config` all. */
export async function readConfigs(
  flags: Readonly<Record<string, unknown>>,
  system: System,
  known: KnownConfigs,
): Promise<ConfigFile[]> {
  if (flags.noConfig === true) return []
  const chosen = flags.configFile
  if (typeof chosen === 'string') {
    return [await read(path.resolve(system.host.currentDirectory, chosen), system)]
  }
  const configs: ConfigFile[] = []
  for (const file of usualFiles(system)) {
    const config = known.get(file) ?? readIfThere(file, system)
    known.set(file, config)
    const found = await config
    if (found) configs.unshift(found)
  }
  return configs
}

/** Lowest precedence first. */
function usualFiles({ env, host }: System): string[] {
  const xdg = env.get('XDG_CONFIG_HOME') || path.join(host.homeDirectory, '.config')
  const rattler = env.get('RATTLER_HOME')
  return [
    '/etc/rattler/config.toml',
    '/etc/rattler-build/config.toml',
    path.join(xdg, 'rattler/config.toml'),
    ...(rattler ? [path.join(rattler, 'config.toml')] : []),
    path.join(xdg, 'rattler-build/config.toml'),
    path.join(
      env.get('RATTLER_BUILD_HOME') || path.join(host.homeDirectory, '.rattler-build'),
      'config.toml',
    ),
    path.join(xdg, 'krait/config.toml'),
  ]
}

const withoutIt =
  'make it readable, let HOME lead elsewhere, or leave all configuration files out with `--no-config`'

async function readIfThere(file: string, system: System): Promise<ConfigFile | undefined> {
  try {
    return (await system.fs.stat(file))?.type === 'file' ? await read(file, system) : undefined
  } catch (error) {
    // Nobody asked for this file: what is wrong may be the home directory of somebody else.
    const isUnreadable = isBuildError(error) && error.code.startsWith('system/')
    throw isUnreadable ? withHint(error, withoutIt) : error
  }
}

async function read(file: string, system: System): Promise<ConfigFile> {
  const text = await system.fs.readText(file)
  try {
    return { file, values: await parseToml(text) }
  } catch (error) {
    throw malformedConfig(file, (error as Error).message.split('\n')[0] ?? '')
  }
}
