/** Reads `rendered_recipe.yaml`: the record of a build that every package holds (spec: package.md 2.10). */
import { findPlatform, type Platform } from '../../conda/index.js'
import type { RenderedOutput, RenderedRecipe, RenderedSource, Variant } from '../../recipe/index.js'
import type { SolvedEnvironments } from '../../stages/solve-environments/index.js'
import { findMismatch, type Json } from '../../text/index.js'
import { isObject, type JsonObject } from '../package/metadata.js'
import { readOrderedYaml } from './read-ordered-yaml.js'
import { buildRecordShape } from './record-shape.js'

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
 * @throws Error with the reason when something is missing, or is not what belongs there
 */
export function readBuildRecord(text: string, recipeDirectory: string): BuildRecord {
  const { data, numbers } = readOrderedYaml(text)
  checkShape(data)
  const record = data as JsonObject
  const recipe = movePaths(record.recipe ?? null, recipeDirectory) as JsonObject
  const configuration = record.build_configuration as JsonObject
  const packaging = configuration.packaging_settings as JsonObject
  return {
    output: readOutput(recipe, configuration, numbers),
    environments: readEnvironments(record.finalized_dependencies),
    sources: readSources(record.finalized_sources, recipeDirectory),
    ...readStaging(record, recipeDirectory),
    channels: (configuration.channels ?? []) as readonly string[],
    channelPriority: readPriority(configuration.channel_priority),
    platforms: {
      build: readPlatform(configuration.build_platform),
      host: readPlatform(configuration.host_platform),
    },
    timestampSeconds: Math.floor(Date.parse(String(configuration.timestamp)) / 1000),
    packaging: {
      format: packaging.archive_type === 'tar_bz2' ? 'tar.bz2' : 'conda',
      level: Number(packaging.compression_level ?? 15),
    },
    extraMeta: (record.extra_meta ?? {}) as Readonly<Record<string, string>>,
    tool: readTool(record.system_tools),
  }
}

function checkShape(data: Json): void {
  const mismatch = findMismatch(data, buildRecordShape(), '')
  if (mismatch === undefined) return
  const { place, found, expected } = mismatch
  throw new Error(`${place === '' ? 'the document' : `\`${place}\``} is ${found}; it has to be ${expected}`)
}

function readEnvironments(value: Json | undefined): SolvedEnvironments {
  const { build, host, run } = value as unknown as {
    readonly [key in keyof SolvedEnvironments]?: SolvedEnvironments[key] | null
  }
  return { build: build ?? undefined, host: host ?? undefined, run: run as SolvedEnvironments['run'] }
}

function readSources(value: Json | undefined, directory: string): readonly RenderedSource[] {
  return movePaths(value ?? [], directory) as unknown as readonly RenderedSource[]
}

function readStaging(record: JsonObject, directory: string): Pick<BuildRecord, 'staging'> {
  const { finalized_cache_dependencies: dependencies, finalized_cache_variant: variant } = record
  // Records of other tools have no variant, and the staging output may then get other variables.
  if (dependencies === undefined || dependencies === null || variant === undefined) return {}
  const staging: StagingRecord = {
    environments: readEnvironments(dependencies),
    sources: readSources(record.finalized_cache_sources, directory),
    variant: variant as Variant,
  }
  return { staging }
}

function readOutput(
  recipe: JsonObject,
  configuration: JsonObject,
  numbers: ReadonlyMap<string, string>,
): RenderedOutput {
  const identity = recipe.package as JsonObject
  const build = recipe.build as JsonObject
  // They become parts of paths.
  for (const text of [identity.name, identity.version, build.string])
    if (!/^\w[\w.+!-]*$/.test(String(text)))
      throw new Error(`\`${String(text)}\` is no usable name, version or build string`)
  const target = String(configuration.target_platform)
  if (target !== 'noarch' && findPlatform(target) === undefined)
    throw new Error(`\`${target}\` is no platform`)
  const own = [...numbers].filter(([pointer]) => pointer.startsWith('/recipe/'))
  return {
    // The recipe is what rendering once gave, written down.
    recipe: recipe as unknown as RenderedRecipe,
    variant: (configuration.variant ?? {}) as Variant,
    hash: configuration.hash as unknown as RenderedOutput['hash'],
    targetPlatform: target,
    directoryName: String(identity.name).toLowerCase(),
    subpackages: (configuration.subpackages ?? {}) as unknown as RenderedOutput['subpackages'],
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

function readPriority(value: Json | undefined): BuildRecord['channelPriority'] {
  return value === 'disabled' || value === 'flexible' ? value : 'strict'
}

function readPlatform(value: Json | undefined): Platform {
  const name = String((value as JsonObject).platform)
  const platform = findPlatform(name)
  if (platform === undefined) throw new Error(`\`${name}\` is no platform`)
  return platform
}

function readTool(value: Json | undefined): string {
  const tools = Object.entries(isObject(value) ? value : {})
  const [name, version] =
    tools.find(([tool]) => tool === 'krait' || tool === 'rattler-build') ?? tools[0] ?? []
  return name === undefined ? 'an unknown program' : `${name} ${String(version)}`
}
