/** Reads `rendered_recipe.yaml`: the record of a build that every package holds (spec: package.md 2.10). */
import { findPlatform, type Platform } from '../../conda/index.js'
import type { RenderedOutput, RenderedRecipe, RenderedSource, Variant } from '../../recipe/index.js'
import type { SolvedEnvironment, SolvedEnvironments } from '../../stages/solve-environments/index.js'
import type { Json } from '../../text/index.js'
import { isObject, type JsonObject } from '../package/metadata.js'
import { readOrderedYaml } from './read-ordered-yaml.js'

/** What a build was given, as far as a package says it. */
export interface BuildRecord {
  readonly output: RenderedOutput
  readonly environments: SolvedEnvironments
  /** As they were used: commits in place of branches. */
  readonly sources: readonly RenderedSource[]
  /** Those of the staging output; absent when the output inherits from none, or the record leaves them out. */
  readonly staging?: StagingRecord
  readonly channels: readonly string[]
  readonly channelPriority: 'strict' | 'flexible' | 'disabled'
  readonly platforms: { readonly build: Platform; readonly host: Platform }
  readonly timestampSeconds: number
  readonly packaging: { readonly format: 'conda' | 'tar.bz2'; readonly level: number }
  readonly extraMeta: Readonly<Record<string, string>>
  /** `krait 0.1.0` */
  readonly tool: string
}

export interface StagingRecord {
  readonly environments: SolvedEnvironments
  readonly sources: readonly RenderedSource[]
  readonly variant: Variant
}

/**
 * @param recipeDirectory where the recipe lies now
 * @throws Error with the reason when something is missing
 */
export function readBuildRecord(text: string, recipeDirectory: string): BuildRecord {
  const { data, numbers } = readOrderedYaml(text)
  const record = asObject(data, 'the document')
  const recipe = asObject(movePaths(record.recipe ?? null, recipeDirectory), '`recipe`')
  const configuration = asObject(record.build_configuration, '`build_configuration`')
  const packaging = asObject(configuration.packaging_settings, '`packaging_settings`')
  return {
    output: readOutput(recipe, configuration, numbers),
    environments: readEnvironments(record.finalized_dependencies, '`finalized_dependencies`'),
    sources: readSources(record.finalized_sources, recipeDirectory, '`finalized_sources`'),
    ...readStaging(record, recipeDirectory),
    channels: asList(configuration.channels ?? [], '`channels`').map(String),
    channelPriority: readPriority(configuration.channel_priority),
    platforms: {
      build: readPlatform(configuration.build_platform),
      host: readPlatform(configuration.host_platform),
    },
    timestampSeconds: readTimestamp(configuration.timestamp),
    packaging: {
      format: packaging.archive_type === 'tar_bz2' ? 'tar.bz2' : 'conda',
      level: Number(packaging.compression_level ?? 15),
    },
    extraMeta: asObject(record.extra_meta ?? {}, '`extra_meta`') as Readonly<Record<string, string>>,
    tool: readTool(record.system_tools),
  }
}

function readEnvironments(value: Json | undefined, name: string): SolvedEnvironments {
  const { build, host, run } = asObject(value, name)
  return {
    build: readEnvironment(build),
    host: readEnvironment(host),
    run: asObject(run, `the run dependencies of ${name}`) as unknown as SolvedEnvironments['run'],
  }
}

function readSources(value: Json | undefined, directory: string, name: string): readonly RenderedSource[] {
  return asList(movePaths(value ?? [], directory), name) as never
}

function readStaging(record: JsonObject, directory: string): Pick<BuildRecord, 'staging'> {
  const { finalized_cache_dependencies: dependencies, finalized_cache_variant: variant } = record
  // Records of other tools have no variant, and the staging output may then get other variables.
  if (dependencies === undefined || dependencies === null || variant === undefined) return {}
  const staging: StagingRecord = {
    environments: readEnvironments(dependencies, '`finalized_cache_dependencies`'),
    sources: readSources(record.finalized_cache_sources, directory, '`finalized_cache_sources`'),
    variant: asObject(variant, '`finalized_cache_variant`') as Variant,
  }
  return { staging }
}

function readOutput(
  recipe: JsonObject,
  configuration: JsonObject,
  numbers: ReadonlyMap<string, string>,
): RenderedOutput {
  const identity = asObject(recipe.package, '`recipe.package`')
  const build = asObject(recipe.build, '`recipe.build`')
  // They become parts of paths.
  for (const text of [identity.name, identity.version, build.string])
    if (typeof text !== 'string' || !/^\w[\w.+!-]*$/.test(text))
      throw new Error('the recipe has no usable name, version or build string')
  const target = String(configuration.target_platform)
  if (target !== 'noarch' && findPlatform(target) === undefined)
    throw new Error(`\`${target}\` is no platform`)
  const own = [...numbers].filter(([pointer]) => pointer.startsWith('/recipe/'))
  return {
    // The recipe is what rendering once gave, written down.
    recipe: recipe as unknown as RenderedRecipe,
    variant: asObject(configuration.variant ?? {}, '`variant`') as Variant,
    hash: asObject(configuration.hash, '`hash`') as unknown as RenderedOutput['hash'],
    targetPlatform: target,
    directoryName: String(identity.name).toLowerCase(),
    subpackages: asObject(
      configuration.subpackages ?? {},
      '`subpackages`',
    ) as unknown as RenderedOutput['subpackages'],
    skip: false,
    provenance: {
      numbers: new Map(own.map(([pointer, text]) => [pointer.slice('/recipe'.length), text])),
      origins: new Map(),
      dropped: [],
      skips: [],
    },
  }
}

/** Packages name the directory of the recipe in a form that is the same everywhere. */
function movePaths(value: Json, directory: string): Json {
  if (typeof value === 'string') return value.replaceAll(/\/krait\/recipe(?=\/|$)/g, () => directory)
  if (Array.isArray(value)) return value.map((item: Json) => movePaths(item, directory))
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, movePaths(item, directory)]))
}

function readEnvironment(value: Json | undefined): SolvedEnvironment | undefined {
  if (value === null || value === undefined) return undefined
  const environment = asObject(value, 'an environment')
  for (const item of asList(environment.resolved ?? [], '`resolved`')) {
    const { name, fn, url } = asObject(item, 'a resolved package')
    for (const text of [name, fn, url])
      if (typeof text !== 'string') throw new Error('a resolved package has no name, file or URL')
    if (String(fn).includes('/')) throw new Error(`\`${fn}\` is no file name`)
  }
  return environment as unknown as SolvedEnvironment
}

function readPriority(value: Json | undefined): BuildRecord['channelPriority'] {
  return value === 'disabled' || value === 'flexible' ? value : 'strict'
}

function readPlatform(value: Json | undefined): Platform {
  const name = String(asObject(value, 'a platform').platform)
  const platform = findPlatform(name)
  if (platform === undefined) throw new Error(`\`${name}\` is no platform`)
  return platform
}

function readTimestamp(value: Json | undefined): number {
  const ms = Date.parse(String(value))
  if (Number.isNaN(ms)) throw new Error(`\`${String(value)}\` is no time`)
  return Math.floor(ms / 1000)
}

function readTool(value: Json | undefined): string {
  const tools = Object.entries(isObject(value) ? value : {})
  const [name, version] =
    tools.find(([tool]) => tool === 'krait' || tool === 'rattler-build') ?? tools[0] ?? []
  return name === undefined ? 'an unknown program' : `${name} ${String(version)}`
}

function asObject(value: Json | undefined, what: string): JsonObject {
  if (!isObject(value)) throw new Error(`${what} is no mapping`)
  return value
}

function asList(value: Json | undefined, what: string): readonly Json[] {
  if (!Array.isArray(value)) throw new Error(`${what} is no list`)
  return value
}
