/** Adds packages to a prefix of an earlier build; what is in it already keeps its version and build. */
import path from 'node:path'
import { installPrefix, type PrefixRecord } from '../../stages/install-prefixes/index.js'
import { refreshBuildEnv } from '../../stages/run-script/index.js'
import { solve } from '../../stages/solve-environments/index.js'
import type { StageContext } from '../../system/index.js'
import { type DebugState, platformsOf } from './debug-state.js'

/** `krait debug host-add --json` and `krait debug build-add --json` */
export interface AddedPackages {
  /** What is new in the prefix, each as `name version build`. */
  readonly added: readonly string[]
}

export interface AddOptions {
  readonly specs: readonly string[]
  /** Instead of those of the build; empty for those of the build. */
  readonly channels: readonly string[]
  readonly cacheDirectory: string
}

/**
 * Installs the prefix again with more packages: what the script had put there is gone.
 * @returns `name version build` of the packages that are new
 * @throws BuildError `solve/...`, `install/...`
 */
export async function addPackages(
  state: DebugState,
  which: 'host' | 'build',
  options: AddOptions,
  context: StageContext,
): Promise<readonly string[]> {
  const { directories } = state
  const prefix = which === 'host' ? directories.host : directories.buildPrefix
  const isMerged = directories.host === directories.buildPrefix
  const platform = platformsOf(state)[isMerged ? 'host' : which]
  const { cacheDirectory } = options
  const installed = await readInstalled(prefix, context)
  const pins = installed.map(({ name, version, build }) => `${name} ==${version} ${build}`)
  const given = options.channels.length > 0 ? options.channels : state.channels
  const records = await solve(
    [...pins, ...options.specs],
    {
      channels: [directories.output, ...given],
      // Channels may not have them any more.
      extraRecords: installed,
      channelPriority: state.channelPriority,
      cacheDirectory,
      platform,
    },
    context,
  )
  const install = { cacheDirectory, linkScripts: state.linkScripts }
  await installPrefix({ path: prefix, platform, records, output: state.id }, install, context)
  await refreshBuildEnv({ work: directories.work, prefix, family: platform.family }, context)
  const names = new Set(installed.map(({ name }) => name))
  return records
    .filter(({ name }) => !names.has(name))
    .map(({ name, version, build }) => `${name} ${version} ${build}`)
}

async function readInstalled(prefix: string, { system }: StageContext): Promise<readonly PrefixRecord[]> {
  const directory = path.join(prefix, 'conda-meta')
  const files = (await system.fs.list(directory)).filter(
    (name) => name.endsWith('.json') && !name.startsWith('.'),
  )
  return Promise.all(
    files.map(
      async (name) => JSON.parse(await system.fs.readText(path.join(directory, name))) as PrefixRecord,
    ),
  )
}
