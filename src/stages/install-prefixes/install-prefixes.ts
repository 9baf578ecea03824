/** Fills the build and host prefixes of a plan. */
import type { StageContext } from '../../system/index.js'
import type { ChannelRecord, SolvedPlan } from '../solve-environments/index.js'
import { fetchPackages, type InstallOptions, installPrefix } from './install-prefix.js'
import { withSharedCache } from './share-cache.js'
import type { InstalledPlan, Prefix } from './types.js'

/**
 * Installs the solved environments into fresh prefixes; both prefixes exist afterwards even when they are empty, except
 * for the build prefix of merged environments.
 * @throws BuildError `install/...`, `archive/...`
 */
export async function installPrefixes(
  plan: SolvedPlan,
  options: InstallOptions,
  context: StageContext,
): Promise<InstalledPlan> {
  const { environments, directories, platforms } = plan
  const buildRecords = environments.build?.resolved ?? []
  const hostRecords = environments.host?.resolved ?? []
  // Both at once, so that the slowest download does not wait for the first prefix.
  await withSharedCache(options.cacheDirectory, context, () =>
    fetchPackages(withoutRepeats([...buildRecords, ...hostRecords]), options, context),
  )
  const isMerged = plan.output.recipe.build.merge_build_and_host_envs === true
  const install = (
    path: string,
    name: 'build' | 'host',
    records: readonly ChannelRecord[],
  ): Promise<Prefix> =>
    installPrefix({ path, platform: platforms[name], records, output: plan.id }, options, context)
  const build = isMerged ? undefined : await install(directories.buildPrefix, 'build', buildRecords)
  const host = await install(directories.host, 'host', hostRecords)
  const hostBaseline = (await context.system.fs.walk(host.path)).map(({ path }) => path)
  return { ...plan, prefixes: { build, host, hostBaseline } }
}

function withoutRepeats(records: readonly ChannelRecord[]): readonly ChannelRecord[] {
  return [...new Map(records.map((record) => [record.url, record])).values()]
}
