/** Collects what the environment of a build script is computed from. */
import { findPlatform, type Platform } from '../../conda/index.js'
import type { StageContext } from '../../system/index.js'
import type { Prefix } from '../install-prefixes/index.js'
import type { BuildPlan } from '../plan-builds/index.js'
import type { EnvFacts, Isolation, PythonFacts } from './environment/facts.js'
import { readGitFacts, readMercurialFacts } from './repository-facts.js'

export interface BuildFactsOptions {
  readonly isolation: Isolation
  readonly colors: boolean
  readonly isStaging?: boolean | undefined
  /** Only in `--dirty` builds: what was kept of the build before. */
  readonly reused?: readonly string[] | undefined
}

/** What the facts are collected from; of the host prefix only its packages count. */
export interface FactsPlan extends BuildPlan {
  readonly prefixes: { readonly host: { readonly records: readonly PythonRecord[] } }
}

type PythonRecord = Pick<Prefix['records'][number], 'name' | 'version' | 'python_site_packages_path'>

/** The facts for the build stage of one plan. */
export async function buildFacts(
  plan: FactsPlan,
  options: BuildFactsOptions,
  context: Pick<StageContext, 'system' | 'signal'>,
): Promise<EnvFacts> {
  const { directories, output, platforms } = plan
  const { system } = context
  const { reused, ...rest } = options
  return {
    stage: 'build',
    ...rest,
    platforms,
    targetPlatform: targetPlatformOf(plan),
    prefix: directories.host,
    buildPrefix: directories.buildPrefix,
    work: directories.work,
    buildDirectory: directories.build,
    recipeDirectory: directories.recipe,
    timestampSeconds: plan.timestampSeconds,
    package: packageFacts(plan),
    variant: output.variant,
    python: pythonFacts(plan.prefixes.host),
    git: await readGitFacts(directories.work, context),
    mercurial: await readMercurialFacts(directories.work, context),
    caller: system.env.all(),
    cpuCount: system.host.cpuCount,
    dirty: reused !== undefined,
    reused,
  }
}

/** What PKG_* variables say, for build and test. */
export function packageFacts(
  plan: Pick<BuildPlan, 'name' | 'version' | 'buildNumber' | 'buildString' | 'output'>,
): EnvFacts['package'] {
  const { build } = plan.output.recipe
  return {
    name: plan.name,
    version: plan.version,
    buildNumber: plan.buildNumber,
    buildString: plan.buildString,
    hash: plan.output.hash.hash,
    noarchPython: build.noarch === 'python' || build.python?.version_independent === true,
  }
}

/** The python of a prefix, if there is one. */
export function pythonFacts(prefix: FactsPlan['prefixes']['host']): PythonFacts | undefined {
  const record = prefix.records.find(({ name }) => name === 'python')
  return record && { version: record.version, sitePackagesPath: record.python_site_packages_path }
}

/** The platform the package is for; for noarch the one of the host prefix. */
export function targetPlatformOf(plan: Pick<BuildPlan, 'platforms'>): Platform {
  return findPlatform(plan.platforms.targetSubdir) ?? plan.platforms.host
}
