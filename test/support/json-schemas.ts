/** The JSON that scripts may read, as schemas made from the types that it is made of. */
import { type Config, createGenerator, type Schema } from 'ts-json-schema-generator'

interface Described {
  readonly title: string
  /** Where the type is declared. */
  readonly file: string
  readonly type: string
  /** The document is a list of them. */
  readonly isList?: boolean
  /** Members that every one has besides. */
  readonly also?: Readonly<Record<string, Schema>>
}

/** By name of the file in docs/schemas. */
export const jsonDocuments: Readonly<Record<string, Described>> = {
  'event-log': {
    title: 'A line of <output>/logs/<id>.events.jsonl, and of `krait log --json`',
    file: 'src/events/events.ts',
    type: 'BuildEvent',
    also: { at: { type: 'number', description: 'When it was told: milliseconds since 1970.' } },
  },
  matrix: {
    title: '`krait matrix --json`',
    file: 'src/engine/matrix.ts',
    type: 'MatrixJob',
    isList: true,
  },
  why: { title: '`krait why --json`', file: 'src/engine/why/types.ts', type: 'Reason', isList: true },
  diff: {
    title: '`krait diff --json` of two builds or packages',
    file: 'src/engine/diff/compare-builds.ts',
    type: 'BuildDifference',
  },
  'bump-recipe': {
    title: '`krait bump-recipe --json`',
    file: 'src/engine/bump/bump-recipe.ts',
    type: 'Bump',
  },
  'package-check': {
    title: '`krait package check --json`',
    file: 'src/engine/package/problem.ts',
    type: 'PackageReport',
  },
  'package-diff': {
    title: '`krait package diff --json`',
    file: 'src/engine/package/difference.ts',
    type: 'PackageDifference',
  },
  'channel-check': {
    title: '`krait channel check --json`',
    file: 'src/stages/index-channel/check-channel.ts',
    type: 'ChannelCheck',
    also: { channel: { type: 'string', description: 'Absolute.' } },
  },
}

/** Additive within a major version of krait: what is there keeps its name and meaning, and readers ignore what they do not know. */
const majorVersion = 0

export function jsonSchemaOf(name: string, { title, file, type, isList, also }: Described): Schema {
  const config: Config = {
    path: file,
    type,
    tsconfig: 'tsconfig.json',
    skipTypeCheck: true,
    additionalProperties: true,
    sortProps: true,
  }
  const { $ref, definitions, $schema } = createGenerator(config).createSchema(type)
  const one: Schema = also
    ? { allOf: [{ type: 'object', properties: also, required: Object.keys(also) }, { $ref }] }
    : { $ref }
  return {
    $schema,
    $id: `urn:krait:schema:${name}:${majorVersion}`,
    title,
    ...(isList ? { type: 'array', items: one } : one),
    definitions,
  }
}
