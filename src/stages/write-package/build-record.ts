/** `info/recipe/rendered_recipe.yaml` and `variant_config.yaml`: how the package was made, without naming the machine. */
import { stripCredentials } from '../../conda/index.js'
import { formatYaml, type YamlValue } from '../../text/index.js'
import type { ScriptResult } from '../run-script/index.js'
import type { SolvedEnvironment, SolvedEnvironments } from '../solve-environments/index.js'
import { canonicalChannel } from './canonical-channel.js'
import type { WritePackageOptions } from './types.js'

/**
 * The build record (spec: package.md 2.10). Directories are written in the same canonical form as the placeholder, so
 * that the text does not depend on where and when the build happened.
 */
export function buildRenderedRecipe(
  plan: ScriptResult,
  placeholder: string,
  options: WritePackageOptions,
): string {
  const { output, environments, staging } = plan
  const record = {
    recipe: output.recipe,
    build_configuration: buildConfiguration(plan, options),
    finalized_dependencies: dependenciesRecord(environments),
    finalized_sources: plan.sources.map(({ source }) => source),
    ...(staging && {
      finalized_cache_dependencies: dependenciesRecord(staging.environments),
      finalized_cache_sources: staging.sources,
      finalized_cache_variant: sortKeys(staging.variant),
    }),
    system_tools: { [options.tool.name]: options.tool.version },
    extra_meta: options.extraMeta ?? {},
  }
  const numbers = [...output.provenance.numbers].map(
    ([pointer, text]) => [`/recipe${pointer}`, text] as const,
  )
  return formatYaml(canonicalize(record, createPathReplacer(plan, placeholder)), new Map(numbers))
}

/** The used variant, keys sorted. */
export function buildVariantConfig(plan: ScriptResult): string {
  return formatYaml(sortKeys(plan.output.variant))
}

function buildConfiguration(plan: ScriptResult, options: WritePackageOptions) {
  const { output, directories, packaging, platforms } = plan
  return {
    target_platform: platforms.targetSubdir,
    // Virtual packages are facts about the machine and would make the package differ between machines.
    host_platform: { platform: platforms.host.subdir, virtual_packages: [] },
    build_platform: { platform: platforms.build.subdir, virtual_packages: [] },
    variant: sortKeys(output.variant),
    hash: output.hash,
    directories: {
      host_prefix: directories.host,
      build_prefix: directories.buildPrefix,
      work_dir: directories.work,
      build_dir: directories.build,
    },
    channels: plan.channels.map((channel) => stripCredentials(channel).replace(/\/+$/, '')),
    channel_priority: options.channelPriority ?? 'strict',
    solve_strategy: 'highest',
    timestamp: new Date(plan.timestampSeconds * 1000).toISOString().replace('.000Z', 'Z'),
    subpackages: output.subpackages,
    packaging_settings: {
      archive_type: packaging.format === 'conda' ? 'conda' : 'tar_bz2',
      compression_level: packaging.level,
    },
  }
}

function dependenciesRecord({ build, host, run }: SolvedEnvironments) {
  return { build: environmentRecord(build), host: environmentRecord(host), run }
}

function environmentRecord(environment: SolvedEnvironment | undefined) {
  if (environment === undefined) return null
  return { specs: environment.specs, resolved: environment.resolved }
}

function sortKeys<T>(mapping: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(mapping).sort(([left], [right]) => (left < right ? -1 : 1)))
}

type Replace = (text: string) => string

/** Replaces the directories of this build, and local channels, by names that are the same everywhere. */
function createPathReplacer(plan: ScriptResult, placeholder: string): Replace {
  const { directories } = plan
  const base = `/krait/bld/${plan.name}`
  const known: readonly (readonly [string, string])[] = [
    [directories.host, placeholder],
    [
      directories.buildPrefix,
      directories.buildPrefix === directories.host ? placeholder : `${base}/build_env`,
    ],
    [directories.work, `${base}/work`],
    [directories.build, base],
    [directories.output, '/krait/output'],
    [directories.recipe, '/krait/recipe'],
  ]
  const longestFirst = known
    .filter(([path]) => path.length > 1)
    .sort(([left], [right]) => right.length - left.length)
  return (text) => {
    const replaced = longestFirst.reduce((current, [path, name]) => current.replaceAll(path, name), text)
    return canonicalChannel(replaced)
  }
}

/** Plain data with every text replaced; `undefined` members stay out. */
function canonicalize(value: unknown, replace: Replace): YamlValue {
  if (typeof value === 'string') return replace(value)
  if (typeof value === 'number' || typeof value === 'boolean') return value
  if (Array.isArray(value)) return value.map((item) => canonicalize(item, replace))
  if (typeof value !== 'object' || value === null) return null
  const entries = Object.entries(value).filter(([, member]) => member !== undefined)
  return Object.fromEntries(entries.map(([key, member]) => [key, canonicalize(member, replace)]))
}
