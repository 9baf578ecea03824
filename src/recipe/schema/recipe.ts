/** The whole recipe: with one package, or with outputs (spec: render.md 6). */
import type { Section } from '../field.js'
import { aboutFields } from './about.js'
import { buildFields, stagingBuildFields } from './build.js'
import { outputPackageFields, packageFields, recipeFields } from './package.js'
import { requirementFields, stagingRequirementFields } from './requirements.js'
import { sourceField } from './source.js'
import { testField } from './tests.js'

const schemaVersion = {
  kind: 'integer',
  min: 1,
  max: 1,
  doc: 'Version of the recipe format; only 1 exists.',
} as const
const context = { kind: 'context', doc: 'Variables for templates, evaluated from top to bottom.' } as const
const source = {
  kind: 'list',
  single: 'wrap',
  loneSelector: true,
  doc: 'Where the sources come from.',
  item: sourceField,
} as const
const build = { kind: 'section', fields: buildFields, doc: 'How the package is built.' } as const
const requirements = { kind: 'section', fields: requirementFields, doc: 'What the package needs.' } as const
const tests = { kind: 'list', doc: 'How the package is tested.', item: testField } as const
const about = {
  kind: 'section',
  fields: aboutFields,
  doc: 'What people should know about the package.',
} as const
const extra = { kind: 'free', doc: 'Anything else; kept as it is.' } as const

/** Top level of a recipe with one package. */
export const singleRecipeFields = {
  $schema: { kind: 'ignored', doc: 'URL of the JSON schema, for editors.' },
  schema_version: schemaVersion,
  context,
  package: { kind: 'section', fields: packageFields, required: true, doc: 'Name and version.' },
  source,
  build,
  requirements,
  tests,
  about,
  extra,
} as const satisfies Section

/** An output that is a package. */
export const packageOutputFields = {
  package: { kind: 'section', fields: outputPackageFields, required: true, doc: 'Name and version.' },
  inherit: {
    kind: 'inherit',
    doc: 'The staging output whose files this one starts from; `{from: NAME, run_exports: false}` leaves its run exports out.',
  },
  source,
  build,
  requirements,
  tests,
  about,
} as const satisfies Section

/** An output that is only built for others to start from. */
export const stagingOutputFields = {
  staging: {
    kind: 'section',
    required: true,
    doc: 'Name of the staging output.',
    fields: { name: { kind: 'text', format: 'package-name', required: true, doc: 'Name.' } },
  },
  source,
  build: { kind: 'section', fields: stagingBuildFields, doc: 'How it is built.' },
  requirements: { kind: 'section', fields: stagingRequirementFields, doc: 'What it needs.' },
} as const satisfies Section

/** Top level of a recipe with outputs. */
export const multiRecipeFields = {
  schema_version: schemaVersion,
  context,
  recipe: { kind: 'section', fields: recipeFields, doc: 'Name and version of the recipe.' },
  version: { kind: 'text', format: 'version', doc: 'Version of outputs that have none.' },
  source,
  build,
  tests,
  about,
  extra,
  outputs: {
    kind: 'list',
    selectors: false,
    required: true,
    doc: 'The packages that are built from this recipe.',
    item: {
      kind: 'one-of',
      what: 'output',
      doc: 'A package, or a staging output for others to start from.',
      alternatives: { staging: stagingOutputFields, package: packageOutputFields },
    },
  },
} as const satisfies Section
