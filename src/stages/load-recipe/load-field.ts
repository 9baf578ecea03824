/** Decides how a YAML node becomes the value of a field: one case for each kind of field. */
import type { Field, ListField, LoadedList, LoadedText, LoadedValue } from '../../recipe/index.js'
import type { YamlNode } from '../../text/index.js'
import { loadList } from './load-list.js'
import { loadMap } from './load-map.js'
import { loadAlternative, loadSection, type SectionRules } from './load-section.js'
import { loadData, loadExpressions, loadInherit, loadPublishers, loadScript } from './load-special.js'
import { checkMatchSpec, checkText, loadText, plainText } from './load-text.js'
import { isNullWord, type Loader, reportType } from './loader.js'

/** The value of one field; undefined when it is absent or was reported as a mistake. */
export function loadField(
  loader: Loader,
  node: YamlNode,
  field: Field,
  name: string,
): LoadedValue | undefined {
  if (field.nullable && isNullWord(node)) return undefined
  switch (field.kind) {
    case 'text':
    case 'integer':
    case 'boolean':
    case 'choice':
    case 'deferred':
      return loadChecked(loader, node, field, name)
    case 'list':
      return loadListField(loader, node, field, name)
    case 'requirements':
      return loadRequirements(loader, node, name)
    case 'globs':
      return loadGlobs(loader, node, {
        name,
        words: field.words ?? ['include', 'exclude'],
        excludes: field.excludes,
      })
    case 'boolean-or-globs':
      if (node.kind !== 'scalar')
        return loadGlobs(loader, node, { name, words: ['include', 'exclude'], excludes: false })
      return loadChecked(loader, node, { kind: 'boolean', default: field.default, doc: field.doc }, name)
    case 'map':
      return loadMap(loader, node, field, name)
    case 'section':
      return loadSectionField(loader, node, { name, fields: field.fields, listMember: field.listMember })
    case 'one-of':
      return loadAlternative(loader, node, { name, field, load: loadField })
    default:
      return loadSpecial(loader, node, field.kind, name)
  }
}

type SpecialKind = 'script' | 'expressions' | 'free' | 'context' | 'inherit' | 'publishers' | 'ignored'

function loadSpecial(
  loader: Loader,
  node: YamlNode,
  kind: SpecialKind,
  name: string,
): LoadedValue | undefined {
  switch (kind) {
    case 'script':
      return loadScript(loader, node, { name, load: loadField })
    case 'expressions':
      return loadExpressions(loader, node, name)
    case 'free':
      return loadData(loader, node)
    case 'inherit':
      return loadInherit(loader, node)
    case 'publishers':
      return loadPublishers(loader, node)
    // `context` is loaded by the recipe itself, in order.
    default:
      return undefined
  }
}

function loadChecked(loader: Loader, node: YamlNode, field: Field, name: string): LoadedText | undefined {
  const isVerbatim = field.kind === 'text' && field.verbatim === true && node.kind === 'scalar'
  const text = isVerbatim ? plainText(node) : loadText(loader, node)
  if (text) checkText(loader, text, field, name)
  return text
}

function loadListField(
  loader: Loader,
  node: YamlNode,
  field: ListField,
  name: string,
): LoadedList | undefined {
  const itemName = field.item.kind === 'one-of' ? field.item.what : name
  return loadList(loader, node, {
    name: itemName,
    item: (item) =>
      isLeftOut(item, node, field) ? undefined : loadField(loader, item, field.item, itemName),
    single: field.single !== undefined,
    selectors: field.selectors !== false,
    loneSelector: field.loneSelector === true,
    strictSelectors: itemName === 'source',
  })
}

/** Empty items are left out of lists of texts, except where a text cannot be empty. */
function isLeftOut(item: YamlNode, list: YamlNode, field: ListField): boolean {
  if (item.kind !== 'scalar' || item.text !== '' || field.item.kind !== 'text') return false
  const { format, verbatim } = field.item
  const isNeeded =
    format === 'entry-point' || format === 'url' || (format === 'python-version' && item === list)
  return !isNeeded && verbatim !== true
}

function loadRequirements(loader: Loader, node: YamlNode, name: string): LoadedList | undefined {
  const item = (itemNode: YamlNode) => {
    const text = loadText(loader, itemNode)
    if (text) checkMatchSpec(loader, text)
    return text
  }
  return loadList(loader, node, { name, item, single: false, selectors: true })
}

interface GlobRules {
  readonly name: string
  readonly words: readonly [string, string]
  readonly excludes: boolean
}

function loadGlobs(loader: Loader, node: YamlNode, rules: GlobRules): LoadedValue | undefined {
  const field: ListField = {
    kind: 'list',
    doc: '',
    item: { kind: 'text', format: 'glob', doc: '' },
  }
  if (node.kind === 'mapping' && !rules.excludes) return reportType(loader, node, 'sequence')
  if (node.kind === 'scalar') {
    return reportType(loader, node, `sequence or mapping with ${rules.words.join('/')}`)
  }
  if (node.kind === 'sequence') return loadListField(loader, node, field, rules.name)
  const fields = { [rules.words[0]]: field, [rules.words[1]]: field }
  return loadSection(loader, node, { name: rules.name, fields, load: loadField })
}

function loadSectionField(
  loader: Loader,
  node: YamlNode,
  rules: Omit<SectionRules, 'load'> & { readonly listMember: string | undefined },
): LoadedValue | undefined {
  const { listMember } = rules
  const member = listMember === undefined ? undefined : rules.fields[listMember]
  if (listMember === undefined || member === undefined || node.kind !== 'sequence') {
    return loadSection(loader, node, { ...rules, load: loadField })
  }
  const list = loadField(loader, node, member, rules.name)
  return list && { kind: 'section', members: new Map([[listMember, list]]), span: node.span }
}
