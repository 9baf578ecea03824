/** Finds and reads configuration files (spec: contract.md 1). */
import path from 'node:path'
import { malformedConfig } from '../settings/index.js'
import { parseToml, type System } from '../system/index.js'

export interface ConfigFile {
  readonly file: string
  readonly values: Readonly<Record<string, unknown>>
}

/** The files that exist, the strongest first. `--config-file` replaces the usual ones, `--no-config` all. */
export async function readConfigs(
  flags: Readonly<Record<string, unknown>>,
  system: System,
): Promise<ConfigFile[]> {
  if (flags.noConfig === true) return []
  const chosen = flags.configFile
  const files =
    typeof chosen === 'string' ? [path.resolve(system.host.currentDirectory, chosen)] : usualFiles(system)
  const configs: ConfigFile[] = []
  for (const file of files) {
    if (chosen === undefined && (await system.fs.stat(file))?.type !== 'file') continue
    configs.unshift({ file, values: await parse(file, system) })
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

async function parse(file: string, system: System): Promise<ConfigFile['values']> {
  const text = await system.fs.readText(file)
  try {
    return await parseToml(text)
  } catch (error) {
    throw malformedConfig(file, (error as Error).message.split('\n')[0] ?? '')
  }
}
