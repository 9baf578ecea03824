/** Decides what a field holds after rendering: one case for each kind of field, defaults left out. */
import {
  type BooleanField,
  convertChoice,
  convertInteger,
  convertText,
  type Field,
  FieldError,
  type GlobsField,
  type IntegerField,
  type ListField,
  type LoadedList,
  type LoadedSection,
  type LoadedText,
  type LoadedValue,
  type MapField,
  type OneOfField,
  type Section,
  stepFields,
  type TextField,
} from '../../recipe/index.js'
import { checkGate } from './check-gate.js'
import { renderOnce } from './literal-values.js'
import { renderRequirements } from './render-requirements.js'
import { renderScript } from './render-script.js'
import { finishGitSource, renderData, renderPublishers, renderStep } from './render-special.js'
import { converted, type RenderedText, type Renderer, renderText, visitItems } from './renderer.js'
import { leaf, mapOf, type Traced } from './traced.js'

export type RenderField = (
  renderer: Renderer,
  field: Field,
  loaded: LoadedValue,
  name: string,
) => Traced | undefined

/** The rendered value of a field; undefined when it is left out. Mistakes are reported. */
export const renderField: RenderField = (renderer, field, loaded, name) =>
  renderOnce(renderer, loaded, () => renderByKind(renderer, field, loaded, name))

const renderByKind: RenderField = (renderer, field, loaded, name) => {
  if (!checkGate(renderer, field, loaded, name)) return undefined
  switch (field.kind) {
    case 'text':
    case 'integer':
    case 'boolean':
    case 'choice':
      return loaded.kind === 'text' ? renderScalar(renderer, field, loaded, name) : undefined
    case 'list':
      return loaded.kind === 'list' ? renderList(renderer, field, loaded, name) : undefined
    case 'requirements':
      return renderRequirements(renderer, field, loaded)
    case 'globs':
      return renderGlobs(renderer, field, loaded, name)
    case 'boolean-or-globs':
      if (loaded.kind !== 'text')
        return (
          renderGlobs(renderer, { kind: 'globs', excludes: true, doc: '' }, loaded, name) ?? {
            kind: 'list',
            items: [],
          }
        )
      return renderScalar(renderer, { kind: 'boolean', default: field.default, doc: '' }, loaded, name)
    case 'map':
      return loaded.kind === 'section' ? renderMap(renderer, field, loaded) : undefined
    case 'section': {
      const section = loaded.kind === 'section' ? renderSection(renderer, field.fields, loaded) : undefined
      return section === undefined && field.keepEmpty ? mapOf([]) : section
    }
    case 'one-of':
      return loaded.kind === 'section' ? renderAlternative(renderer, field, loaded) : undefined
    default:
      return renderSpecialKind(renderer, field.kind, loaded)
  }
}

/** Members in the order of the schema; undefined when all of them are left out. */
export function renderSection(
  renderer: Renderer,
  fields: Section,
  section: LoadedSection,
): Traced | undefined {
  if (fields === stepFields) return renderStep(renderer, section, renderField)
  const rendered = mapOf(
    Object.entries(fields).map(([key, field]) => {
      const loaded = section.members.get(key)
      const isAlwaysShown = field.kind === 'list' && field.keepEmpty === 'always'
      if (loaded === undefined) return [key, isAlwaysShown ? { kind: 'list', items: [] } : undefined]
      return [key, renderField(renderer, field, loaded, key)]
    }),
  )
  return rendered.members.size > 0 ? rendered : undefined
}

type SpecialKind =
  | 'script'
  | 'free'
  | 'publishers'
  | 'expressions'
  | 'deferred'
  | 'context'
  | 'inherit'
  | 'ignored'

function renderSpecialKind(renderer: Renderer, kind: SpecialKind, loaded: LoadedValue): Traced | undefined {
  if (kind === 'script') return renderScript(renderer, loaded, renderField)
  if (kind === 'publishers') return renderPublishers(renderer, loaded)
  if (kind === 'free') return loaded.kind === 'data' ? renderData(renderer, loaded) : undefined
  // `skip`, `string`, `context` and `inherit` are decided elsewhere; they are not shown as they are.
  return undefined
}

type ScalarField = Extract<Field, { kind: 'text' | 'integer' | 'boolean' | 'choice' }>

function renderScalar(
  renderer: Renderer,
  field: ScalarField,
  loaded: LoadedText,
  name: string,
): Traced | undefined {
  const rendered = renderText(renderer, loaded, field.kind === 'text' ? field.lateBound : undefined)
  return rendered && scalarLeaf(renderer, { field, loaded, name }, rendered)
}

interface ScalarPlace {
  readonly field: ScalarField
  readonly loaded: LoadedText
  readonly name: string
}

function scalarLeaf(
  renderer: Renderer,
  place: ScalarPlace,
  { text, origin }: RenderedText,
): Traced | undefined {
  const { field, loaded, name } = place
  const isTemplate = loaded.template !== undefined
  const value = converted(renderer, name, loaded.span, () => {
    if (field.kind === 'text') return convertText(field.format, text)
    if (field.kind === 'integer') return integerValue(field, text, isTemplate)
    if (field.kind === 'boolean') return booleanValue(field, text, isTemplate)
    return isTemplate && text === '' ? undefined : convertChoice(field, text)
  })
  const isDefault = (field.kind === 'boolean' || field.kind === 'choice') && value === field.default
  return value === undefined || isDefault ? undefined : leaf(value, origin)
}

function integerValue(field: IntegerField, text: string, isTemplate: boolean): number | undefined {
  return isTemplate && text === '' ? field.whenEmpty : convertInteger(field, text.trim())
}

function booleanValue(field: BooleanField, text: string, isTemplate: boolean): boolean {
  const word = text.trim().toLowerCase()
  if (isTemplate && word === '') return field.default
  if (word === 'true' || (field.words === 'yes-no' && word === 'yes')) return true
  if (word === 'false' || (field.words === 'yes-no' && word === 'no')) return false
  throw new FieldError(`expected boolean ('true', 'false') or Jinja template, got '${text}'`)
}

function renderList(
  renderer: Renderer,
  field: ListField,
  list: LoadedList,
  name: string,
): Traced | undefined {
  const items: Traced[] = []
  visitItems(renderer, list.items, (inner, item) => {
    const isText = item.kind === 'text' && field.item.kind === 'text'
    const rendered = isText
      ? renderTextItem(inner, field.item, item, name)
      : renderField(inner, field.item, item, name)
    if (rendered) items.push(rendered)
  })
  const [only] = items
  const isUnwrapped = field.single === 'unwrap' || (field.single === 'keep' && list.single)
  if (only !== undefined && items.length === 1 && isUnwrapped) return only
  return items.length > 0 || field.keepEmpty !== undefined ? { kind: 'list', items } : undefined
}

/** A template item that renders to nothing is no item. */
function renderTextItem(
  renderer: Renderer,
  field: TextField,
  loaded: LoadedText,
  name: string,
): Traced | undefined {
  const rendered = renderText(renderer, loaded, field.lateBound)
  if (
    rendered === undefined ||
    (loaded.template !== undefined && rendered.text === '' && field.format !== 'entry-point')
  )
    return undefined
  return scalarLeaf(renderer, { field, loaded, name }, rendered)
}

function renderGlobs(
  renderer: Renderer,
  field: GlobsField,
  loaded: LoadedValue,
  name: string,
): Traced | undefined {
  const list: ListField = { kind: 'list', doc: '', item: { kind: 'text', format: 'glob', doc: '' } }
  if (loaded.kind === 'list') return renderList(renderer, list, loaded, name)
  if (loaded.kind !== 'section') return undefined
  const [included, excluded] = (field.words ?? ['include', 'exclude']).map((word) => {
    const member = loaded.members.get(word)
    const rendered = member?.kind === 'list' ? renderList(renderer, list, member, name) : undefined
    return { word, list: rendered ?? ({ kind: 'list', items: [] } as const), isEmpty: rendered === undefined }
  })
  if (included === undefined || excluded === undefined || excluded.isEmpty) {
    return included === undefined || included.isEmpty ? undefined : included.list
  }
  return mapOf([
    [included.word, included.list],
    [excluded.word, excluded.list],
  ])
}

function renderMap(renderer: Renderer, field: MapField, section: LoadedSection): Traced | undefined {
  const entries = [...section.members].flatMap(([key, loaded]): [string, Traced][] => {
    const rendered = renderField(renderer, field.value, loaded, key)
    const isEmpty = rendered?.kind === 'leaf' && rendered.value === ''
    return rendered === undefined || (isEmpty && field.dropEmpty) ? [] : [[key, rendered]]
  })
  if (field.sorted) entries.sort(([left], [right]) => (left < right ? -1 : 1))
  return entries.length > 0 ? mapOf(entries) : undefined
}

function renderAlternative(
  renderer: Renderer,
  field: OneOfField,
  section: LoadedSection,
): Traced | undefined {
  const { alternative } = section
  const fields = alternative === undefined ? undefined : field.alternatives[alternative]
  if (fields === undefined) return undefined
  const rendered = renderSection(renderer, fields, section)
  if (alternative === 'git' && rendered?.kind === 'map') return finishGitSource(rendered)
  return alternative === 'script' ? withScript(rendered) : rendered
}

/** A script test always shows its script, be it empty. */
function withScript(test: Traced | undefined): Traced {
  const members = test?.kind === 'map' ? test.members : new Map<string, Traced>()
  return mapOf([['script', mapOf([])], ...members])
}
