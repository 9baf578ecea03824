/** The JSON that scripts may read, as schemas made from the types that it is made of. */
import path from 'node:path'
import {
  createFormatter,
  createParser,
  createProgram,
  DEFAULT_CONFIG,
  type Schema,
  SchemaGenerator,
} from 'ts-json-schema-generator'

interface Described {
  /** The words behind `krait` that print it with `--json`. */
  readonly calls: readonly string[]
  /** What it is, when that is not just the JSON of these calls. */
  readonly title?: string
  /** Where the type is declared. */
  readonly file: string
  readonly type: string
  /** A list of them; or one of them when there is one output, and a list when there are several. */
  readonly shape?: 'list' | 'one-or-list'
}

/**
 * By name of the file in docs/schemas. `build --render-only` is not here: it prints JSON without being asked, in the shape
 * that rattler-build has for it. test/schemas.test.ts names the calls with `--json` that print no JSON of their own.
 */
export const jsonDocuments: Readonly<Record<string, Described>> = {
  'event-log': {
    calls: ['log'],
    title: 'A line of <output>/logs/<id>.events.jsonl, and of `krait log --json`',
    file: 'src/engine/history/read-events.ts',
    type: 'LoggedEvent',
  },
  'dirty-explain': {
    calls: ['build --dirty-explain'],
    file: 'src/engine/dirty/explain.ts',
    type: 'DirtyExplanation',
    shape: 'list',
  },
  builds: {
    calls: ['builds'],
    file: 'src/engine/history/builds.ts',
    type: 'ListedBuild',
    shape: 'list',
  },
  matrix: { calls: ['matrix'], file: 'src/engine/matrix.ts', type: 'MatrixJob', shape: 'list' },
  dag: { calls: ['dag'], file: 'src/engine/many/graph-links.ts', type: 'GraphDocument' },
  explain: {
    calls: ['explain'],
    file: 'src/engine/explain/explain-solved.ts',
    type: 'AnyExplanation',
    shape: 'one-or-list',
  },
  why: { calls: ['why'], file: 'src/engine/why/types.ts', type: 'Reason', shape: 'list' },
  'env-show': {
    calls: ['env show'],
    file: 'src/engine/environment/types.ts',
    type: 'EnvironmentDescription',
    shape: 'one-or-list',
  },
  'env-diff': {
    calls: ['env diff'],
    file: 'src/engine/environment/diff-environments.ts',
    type: 'EnvironmentDifference',
    shape: 'one-or-list',
  },
  'env-create': {
    calls: ['env create'],
    file: 'src/engine/prefix/format-environment.ts',
    type: 'EnvironmentChange',
  },
  'env-list': {
    calls: ['env list'],
    file: 'src/engine/prefix/format-environment.ts',
    type: 'EnvironmentListing',
  },
  fetch: {
    calls: ['fetch'],
    file: 'src/engine/fetch-all-sources.ts',
    type: 'FetchedForOutputs',
    shape: 'list',
  },
  'source-cache-list': {
    calls: ['source cache list'],
    file: 'src/stages/fetch-sources/list-cache.ts',
    type: 'SourceCacheListing',
  },
  'source-cache-clean': {
    calls: ['source cache clean'],
    file: 'src/stages/fetch-sources/list-cache.ts',
    type: 'SourceCacheCleaning',
  },
  'cache-list': {
    calls: ['cache list'],
    file: 'src/stages/install-prefixes/list-cache.ts',
    type: 'CacheListing',
  },
  'cache-clean': {
    calls: ['cache clean'],
    file: 'src/stages/install-prefixes/clean-cache.ts',
    type: 'CacheCleaning',
  },
  'cache-verify': {
    calls: ['cache verify'],
    file: 'src/stages/install-prefixes/verify-cache.ts',
    type: 'CacheVerification',
  },
  'debug-setup': { calls: ['debug setup'], file: 'src/engine/debug/set-up.ts', type: 'DebugSetup' },
  'debug-workdir': { calls: ['debug workdir'], file: 'src/engine/debug/debug-state.ts', type: 'DebugPlaces' },
  'debug-add': {
    calls: ['debug host-add', 'debug build-add'],
    file: 'src/engine/debug/add-packages.ts',
    type: 'AddedPackages',
  },
  'debug-create-patch': {
    calls: ['debug create-patch'],
    file: 'src/engine/debug/create-patch.ts',
    type: 'SourcePatch',
    shape: 'list',
  },
  diff: {
    calls: ['diff'],
    title: '`krait diff --json` of two builds or packages',
    file: 'src/engine/diff/compare-builds.ts',
    type: 'BuildDifference',
  },
  'diff-variants': {
    calls: ['diff'],
    title: '`krait diff --json` of two variants of a recipe',
    file: 'src/engine/diff/compare-variants.ts',
    type: 'VariantDifference',
  },
  'bump-recipe': { calls: ['bump-recipe'], file: 'src/engine/bump/bump-recipe.ts', type: 'Bump' },
  'package-inspect': {
    calls: ['package inspect'],
    file: 'src/engine/package/inspect.ts',
    type: 'InspectionReport',
  },
  'package-extract': {
    calls: ['package extract'],
    file: 'src/engine/package/extract.ts',
    type: 'ExtractionReport',
  },
  'package-check': {
    calls: ['package check'],
    file: 'src/engine/package/problem.ts',
    type: 'PackageReport',
  },
  'package-diff': {
    calls: ['package diff'],
    file: 'src/engine/package/difference.ts',
    type: 'PackageDifference',
  },
  rebuild: { calls: ['rebuild'], file: 'src/engine/rebuild/rebuild.ts', type: 'RebuildReport' },
  publish: { calls: ['publish'], file: 'src/engine/publish/publish-files.ts', type: 'Publication' },
  promote: { calls: ['promote'], file: 'src/engine/publish/promote.ts', type: 'PromotedPackages' },
  'channel-index': {
    calls: ['channel index'],
    file: 'src/stages/index-channel/types.ts',
    type: 'ChannelIndexing',
  },
  'channel-check': {
    calls: ['channel check'],
    file: 'src/stages/index-channel/check-channel.ts',
    type: 'CheckedChannel',
  },
  'channel-remove': {
    calls: ['channel remove'],
    file: 'src/engine/publish/promote.ts',
    type: 'RemovedPackages',
  },
}

/** Additive within a major version of krait: what is there keeps its name and meaning, and readers ignore what they do not know. */
const majorVersion = 0

/** All of `jsonDocuments` by their names; reading the sources once is what takes the time. */
export function makeJsonSchemas(): ReadonlyMap<string, Schema> {
  const config = {
    ...DEFAULT_CONFIG,
    path: 'src/engine/index.ts',
    tsconfig: 'tsconfig.json',
    skipTypeCheck: true,
    additionalProperties: true,
  }
  const program = createProgram(config)
  const parser = createParser(program, config)
  const generator = new SchemaGenerator(program, parser, createFormatter(config), config)
  // By file: types of the same name are another matter elsewhere.
  const schemaOf = ({ file, type }: Described): Schema => {
    const statements = program.getSourceFile(path.resolve(file))?.statements ?? []
    const found = statements.find((node) => 'name' in node && nameOf(node.name) === type)
    if (found === undefined) throw new Error(`${file} has no type ${type}`)
    return generator.createSchemaFromNodes([found])
  }
  return new Map(
    Object.entries(jsonDocuments).map(([name, described]) => [
      name,
      toDocument(name, described, schemaOf(described)),
    ]),
  )
}

function nameOf(name: unknown): string | undefined {
  return typeof name === 'object' && name !== null && 'text' in name ? String(name.text) : undefined
}

function toDocument(name: string, { calls, title, shape }: Described, made: Schema): Schema {
  const { $ref, definitions, $schema } = made
  const list = { type: 'array', items: { $ref } } as const
  return {
    $schema,
    $id: `urn:krait:schema:${name}:${majorVersion}`,
    title: title ?? calls.map((call) => `\`krait ${call} --json\``).join(' and '),
    ...(shape === 'list' ? list : shape === 'one-or-list' ? { anyOf: [{ $ref }, list] } : { $ref }),
    definitions,
  }
}
