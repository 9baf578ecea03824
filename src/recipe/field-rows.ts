/** The fields as rows of a table, for docs/recipe.md and `did you mean`. */
import type { Field, Section } from './field.js'
import { packageOutputFields, singleRecipeFields, stagingOutputFields } from './schema/recipe.js'
import { scriptFields } from './schema/script.js'

export interface FieldRow {
  /** Dotted path, `[]` behind lists: `build.python.entry_points[]`. */
  readonly path: string
  /** For example `list of globs`. */
  readonly type: string
  readonly default: string | undefined
  readonly doc: string
  readonly required: boolean
  /** The flag that enables the field. */
  readonly gate: 'experimental' | 'v3' | undefined
}

/** All fields, depth first, in the order of the rendered recipe. */
export function fieldRows(): FieldRow[] {
  return [
    ...sectionRows(singleRecipeFields, ''),
    ...sectionRows(
      { package: packageOutputFields.package, inherit: packageOutputFields.inherit },
      'outputs[].',
    ),
    ...sectionRows({ staging: stagingOutputFields.staging }, 'outputs[].'),
  ]
}

function sectionRows(fields: Section, prefix: string): FieldRow[] {
  return Object.entries(fields).flatMap(([key, field]) => rowsOf(field, prefix + key))
}

function rowsOf(field: Field, path: string): FieldRow[] {
  const row: FieldRow = {
    path,
    type: typeName(field),
    default: defaultOf(field),
    doc: field.doc,
    required: field.required === true,
    gate: field.gate,
  }
  return [row, ...childRows(field, path)]
}

function childRows(field: Field, path: string): FieldRow[] {
  switch (field.kind) {
    case 'section':
      return sectionRows(field.fields, `${path}.`)
    case 'script':
      return sectionRows(scriptFields, `${path}.`)
    case 'one-of':
      return uniqueRows(
        Object.values(field.alternatives).flatMap((fields) => sectionRows(fields, `${path}.`)),
      )
    case 'list':
      return childRows(field.item, `${path}[]`)
    default:
      return []
  }
}

/** Alternatives share fields such as `patches`; one row is enough. */
function uniqueRows(rows: readonly FieldRow[]): FieldRow[] {
  return [...new Map(rows.map((row) => [row.path, row])).values()]
}

function defaultOf(field: Field): string | undefined {
  const hasDefault = field.kind === 'boolean' || field.kind === 'boolean-or-globs' || field.kind === 'choice'
  return hasDefault && field.default !== undefined ? String(field.default) : undefined
}

function typeName(field: Field): string {
  switch (field.kind) {
    case 'text':
      return field.format === 'trimmed' || field.format === 'env-value'
        ? 'text'
        : field.format.replaceAll('-', ' ')
    case 'choice':
      return field.values.map((value) => `\`${value}\``).join(' or ')
    case 'list':
      return `list of ${typeName(field.item)}`
    case 'globs':
      return 'list of globs'
    case 'boolean-or-globs':
      return 'boolean or list of globs'
    case 'requirements':
      return 'list of match specs'
    case 'map':
      return `mapping of ${typeName(field.value)}`
    case 'section':
    case 'one-of':
      return 'mapping'
    default:
      return specialName(field.kind)
  }
}

const specialNames: ReadonlyMap<Field['kind'], string> = new Map([
  ['script', 'text, list or mapping'],
  ['expressions', 'expression or list of expressions'],
  ['deferred', 'text'],
  ['free', 'anything'],
  ['context', 'mapping of values'],
  ['inherit', 'name of a staging output, or a mapping'],
  ['publishers', 'list of publishers'],
])

function specialName(kind: Field['kind']): string {
  return specialNames.get(kind) ?? kind
}
