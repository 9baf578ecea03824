/** Reads what a build was given out of its package, or out of its record. */
import path from 'node:path'
import { readPackageInfo } from '../../archive/index.js'
import type { StageContext } from '../../system/index.js'
import type { Json } from '../../text/index.js'
import type { PackageFile } from '../package/fetch-package.js'
import { isObject, type JsonObject } from '../package/metadata.js'
import { type BuildRecord, readBuildRecord } from '../rebuild/read-record.js'
import { badBuildRecord } from './errors.js'
import type { BuildInputs, InputEnvironments, InputPackage, InputSource } from './inputs.js'

const recipeFile = 'info/recipe/recipe.yaml'
const recordFile = 'info/recipe/rendered_recipe.yaml'

/** Undefined when the package does not hold its recipe, or in a form that nobody here understands. */
export async function readPackageInputs(
  file: PackageFile,
  context: StageContext,
): Promise<BuildInputs | undefined> {
  const found = await readPackageInfo(file.path, [recipeFile, recordFile], context)
  const [text, recipe] = [found.get(recordFile), found.get(recipeFile)]
  if (text === undefined) return undefined
  try {
    const inputs = toInputs(readBuildRecord(decode(text), '/krait/recipe'))
    return recipe === undefined ? inputs : { ...inputs, recipe: decode(recipe) }
  } catch {
    return undefined
  }
}

function decode(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('utf8')
}

function toInputs(record: BuildRecord): BuildInputs {
  const { output, environments, sources, staging, tool, channels, timestampSeconds } = record
  const script = (output.recipe as unknown as { build?: { script?: Json } }).build?.script
  const variables = isObject(script) && isObject(script.env) ? script.env : {}
  return {
    variant: output.variant,
    variables,
    environments: resolvedOf(environments),
    ...(staging && { staging: resolvedOf(staging.environments) }),
    sources: [...sources, ...(staging?.sources ?? [])].map((source) =>
      toSource(source as unknown as JsonObject, undefined),
    ),
    tool,
    channels,
    timestampSeconds,
  }
}

function resolvedOf({ build, host }: BuildRecord['environments']): InputEnvironments {
  return { build: packagesOf(build?.resolved), host: packagesOf(host?.resolved) }
}

function recordedOf({ build, host }: JsonObject): InputEnvironments {
  return { build: packagesOf(build), host: packagesOf(host) }
}

function packagesOf(value: unknown): readonly InputPackage[] {
  const items: readonly Json[] = Array.isArray(value) ? value : []
  return items.filter(isObject).map(({ name, version, build, sha256 }) => ({
    name: String(name),
    version: String(version),
    build: String(build),
    ...(typeof sha256 === 'string' && { sha256 }),
  }))
}

function toSource(source: JsonObject, content: Json | undefined): InputSource {
  const kind = source.git !== undefined ? 'git' : source.url !== undefined ? 'url' : 'path'
  const identity = kind === 'git' ? source.rev : (content ?? source.sha256)
  return {
    name: String(source[kind] ?? ''),
    kind,
    ...(typeof identity === 'string' && { identity }),
  }
}

/** A `*.record.json`. @throws BuildError `usage/bad-build-record` */
export async function readRecordInputs(
  file: string,
  { system }: Pick<StageContext, 'system'>,
): Promise<{ readonly id: string; readonly inputs: BuildInputs; readonly artifact: RecordedArtifact }> {
  const record = await readJson(file, system)
  const { variant, environments, recipe, build_tool: tool, channels, timestamp, sources, artifact } = record
  const { platforms, output } = record
  if (record.schema_version !== 1 || typeof output !== 'string' || !isObject(artifact))
    throw badBuildRecord(file, 'it is not what `krait build` writes')
  const list = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? value : [])
  const of = (value: Json | undefined): JsonObject => (isObject(value) ? value : {})
  return {
    id: output,
    inputs: {
      variant: of(variant),
      recipeSha256: String(of(recipe).sha256),
      environments: recordedOf(of(environments)),
      ...(isObject(record.staging) && { staging: recordedOf(record.staging) }),
      sources: list(sources)
        .filter(isObject)
        .map(({ source, sha256 }) => toSource(of(source), sha256)),
      tool: `${String(of(tool).name)} ${String(of(tool).version)}`,
      channels: list(channels).map(String),
      timestampSeconds: Number(timestamp),
    },
    artifact: {
      fileName: path.basename(String(artifact.file_name)),
      subdir: path.basename(String(of(platforms).target)),
      sha256: String(artifact.sha256),
    },
  }
}

/** The package that a build gave, by name and content. */
export interface RecordedArtifact {
  readonly fileName: string
  readonly subdir: string
  readonly sha256: string
}

async function readJson(file: string, { fs }: StageContext['system']): Promise<JsonObject> {
  try {
    const value = JSON.parse(await fs.readText(file)) as Json
    if (isObject(value)) return value
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
  }
  throw badBuildRecord(file, 'it is no JSON object')
}
