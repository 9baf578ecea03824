/** The JSON schema of recipes for editors, derived from the field declarations. */
import type { Json } from '../text/index.js'
import type { Field, OneOfField, Section } from './field.js'
import { multiRecipeFields, singleRecipeFields } from './schema/recipe.js'
import { scriptFields } from './schema/script.js'

/** A draft 2020-12 schema that accepts both forms of a recipe. */
export function jsonSchema(): Json {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'recipe.yaml',
    $defs: { template: { type: 'string', pattern: '\\$\\{\\{.*\\}\\}|\\$<<.*>>' } },
    anyOf: [sectionSchema(singleRecipeFields), sectionSchema(multiRecipeFields)],
  }
}

type JsonObject = { readonly [key: string]: Json }

const template: JsonObject = { $ref: '#/$defs/template' }
const text: JsonObject = { type: ['string', 'number', 'boolean'] }

function fieldSchema(field: Field): JsonObject {
  return { description: field.doc, ...typeSchema(field) }
}

function typeSchema(field: Field): JsonObject {
  switch (field.kind) {
    case 'text':
    case 'deferred':
    case 'ignored':
      return text
    case 'integer':
      return { anyOf: [{ type: 'integer', minimum: field.min, maximum: field.max }, template] }
    case 'boolean':
      return { anyOf: [{ type: 'boolean', default: field.default }, template] }
    case 'choice':
      return { anyOf: [{ enum: [...field.values] }, template] }
    case 'list':
      return listSchema(fieldSchema(field.item), field.single !== undefined)
    case 'requirements':
      return listSchema({ type: 'string' }, false)
    case 'globs':
      return field.excludes
        ? globsSchema(field.words ?? ['include', 'exclude'])
        : listSchema({ type: 'string' }, false)
    case 'boolean-or-globs':
      return {
        anyOf: [{ type: 'boolean', default: field.default }, template, globsSchema(['include', 'exclude'])],
      }
    default:
      return compoundSchema(field)
  }
}

function compoundSchema(field: Field): JsonObject {
  switch (field.kind) {
    case 'map':
      return { type: 'object', additionalProperties: fieldSchema(field.value) }
    case 'section':
      return sectionSchema(field.fields)
    case 'one-of':
      return alternativesSchema(field)
    case 'script':
      return { anyOf: [listSchema(text, true), sectionSchema(scriptFields)] }
    case 'expressions':
      return listSchema(text, true)
    case 'publishers':
      return listSchema({ type: 'string' }, true)
    case 'context':
      return { type: 'object', additionalProperties: { anyOf: [text, { type: 'array', items: text }] } }
    case 'free':
      return { type: 'object' }
    default:
      return {}
  }
}

function sectionSchema(fields: Section): JsonObject {
  const properties = Object.fromEntries(
    Object.entries(fields).map(([key, field]) => [key, fieldSchema(field)]),
  )
  const required = Object.keys(fields).filter((key) => fields[key]?.required)
  return { type: 'object', properties, additionalProperties: false, ...(required.length > 0 && { required }) }
}

function alternativesSchema(field: OneOfField): JsonObject {
  return { anyOf: Object.values(field.alternatives).map(sectionSchema) }
}

/** A list whose items may be conditional; conditional branches hold one item or several. */
function listSchema(item: JsonObject, single: boolean): JsonObject {
  const branch = { anyOf: [item, { type: 'array' }, { type: 'object' }] }
  const conditional = {
    type: 'object',
    properties: Object.fromEntries([
      ['if', text],
      ['then', branch],
      ['else', branch],
    ]),
    required: ['if', 'then'],
  }
  const list = { type: 'array', items: { anyOf: [item, conditional] } }
  return { anyOf: single ? [list, item, conditional] : [list] }
}

function globsSchema(words: readonly [string, string]): JsonObject {
  const list = listSchema({ type: 'string' }, false)
  const properties = { [words[0]]: list, [words[1]]: list }
  return { anyOf: [list, { type: 'object', properties, additionalProperties: false }] }
}
