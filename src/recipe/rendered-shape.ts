/** The shape of a rendered recipe, derived from the field declarations: for recipes that krait did not render itself. */
import {
  anything,
  eitherOf,
  flag,
  listOf,
  type Members,
  mapOf,
  objectWith,
  type Shape,
  taggedBy,
  text,
  textThat,
  wholeNumber,
  wordOf,
} from '../text/index.js'
import { convertText, FieldError } from './convert-text.js'
import type { Field, Section, TextField, TextFormat } from './field.js'
import { singleRecipeFields, stagingOutputFields } from './schema/recipe.js'
import { scriptFields } from './schema/script.js'
import { sourceField } from './schema/source.js'

const pin = objectWith({
  name: text,
  'lower_bound?': text,
  'upper_bound?': text,
  'exact?': flag,
  'build?': text,
})
const requirement = eitherOf(
  text,
  taggedBy({
    pin_subpackage: objectWith({ pin_subpackage: pin }),
    pin_compatible: objectWith({ pin_compatible: pin }),
  }),
)

/** What `RenderedRecipe` promises; more keys may be there. */
export function renderedRecipeShape(): Shape {
  const { package: name, build, requirements, source, tests, about } = singleRecipeFields
  const staging = stagingOutputFields
  return objectWith({
    'schema_version?': wholeNumber(1, 1),
    'context?': mapOf(anything),
    package: shapeOf(name),
    'source?': shapeOf(source),
    build: objectWith({ ...membersOf(build.fields), string: text }),
    requirements: objectWith({
      ...membersOf(requirements.fields),
      // All of them are gone through, whatever they are called.
      'run_exports?': mapOf(listOf(requirement)),
    }),
    'tests?': shapeOf(tests),
    'about?': shapeOf(about),
    'extra?': mapOf(anything),
    'staging_caches?': listOf(
      objectWith({
        name: text,
        'source?': shapeOf(staging.source),
        'build?': shapeOf(staging.build),
        'requirements?': shapeOf(staging.requirements),
      }),
    ),
    'inherits_from?': objectWith({ cache_name: text, inherit_run_exports: flag }),
  })
}

/** What `RenderedSource` promises. */
export function renderedSourceShape(): Shape {
  return shapeOf(sourceField)
}

function shapeOf(field: Field): Shape {
  switch (field.kind) {
    case 'text':
      return textShape(field)
    case 'deferred':
      return text
    case 'integer':
      return wholeNumber(field.min, field.max)
    case 'boolean':
      return flag
    case 'choice':
      return wordOf(...field.values)
    case 'requirements':
      return listOf(field.namesOnly ? text : requirement)
    case 'globs':
      return globsShape(field.words)
    case 'boolean-or-globs':
      return eitherOf(flag, globsShape(undefined))
    default:
      return compoundShape(field)
  }
}

function compoundShape(field: Field): Shape {
  switch (field.kind) {
    case 'list': {
      const item = shapeOf(field.item)
      return field.single === 'keep' || field.single === 'unwrap'
        ? eitherOf(item, listOf(item))
        : listOf(item)
    }
    case 'map':
      return mapOf(shapeOf(field.value))
    case 'section':
      return objectWith(membersOf(field.fields))
    case 'one-of':
      return taggedBy(mapValues(field.alternatives, (fields) => objectWith(membersOf(fields))))
    case 'script':
      return scriptShape()
    case 'context':
    case 'free':
      return mapOf(anything)
    default:
      return anything
  }
}

/** Fields with their default are left out, whatever they hold. */
function membersOf(fields: Section): Members {
  const isAlways = (field: Field) => field.required || (field.kind === 'list' && field.keepEmpty === 'always')
  return Object.fromEntries(
    Object.entries(fields).map(([key, field]) => [isAlways(field) ? key : `${key}?`, shapeOf(field)]),
  )
}

function globsShape(words: readonly [string, string] | undefined): Shape {
  const globs = listOf(textIn('glob', 'a glob'))
  if (words === undefined) return eitherOf(globs, objectWith({ include: globs, exclude: globs }))
  return eitherOf(globs, objectWith(Object.fromEntries(words.map((word) => [`${word}?`, globs]))))
}

/** A lone command or list of commands stays plain. */
function scriptShape(): Shape {
  const { content, ...others } = membersOf(scriptFields)
  return eitherOf(
    text,
    listOf(text),
    objectWith({ ...others, 'content?': eitherOf(text, listOf(text)), 'file?': text }),
  )
}

/** Formats that code takes apart again; the others are only passed on, or are checked where they are used. */
const formats: { readonly [format in TextFormat]?: string } = {
  'package-name': 'the name of a package',
  version: 'a version',
  regex: 'a regular expression',
  'entry-point': '`command = module:function`',
  glob: 'a glob',
}

function textShape({ format, lateBound }: TextField): Shape {
  const what = lateBound === undefined ? formats[format] : undefined
  return what === undefined ? text : textIn(format, what)
}

function textIn(format: TextFormat, what: string): Shape {
  return textThat(what, (value) => {
    try {
      convertText(format, value)
      return true
    } catch (error) {
      if (error instanceof FieldError) return false
      throw error
    }
  })
}

function mapValues<T, R>(
  mapping: { readonly [key: string]: T },
  change: (value: T) => R,
): { [key: string]: R } {
  return Object.fromEntries(Object.entries(mapping).map(([key, value]) => [key, change(value)]))
}
