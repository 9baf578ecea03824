/** Decides which keys a mapping may have, and which kind of source, test or output it is. */
import type { Field, LoadedSection, LoadedValue, OneOfField, Section } from '../../recipe/index.js'
import { getEntry, type YamlMapping, type YamlNode } from '../../text/index.js'
import { ignoredPart, invalidValue, missingField, unknownKey } from './errors.js'
import { isConditional } from './load-list.js'
import { type Loader, mostShown, report, reportType, warn } from './loader.js'
import { checkSection } from './section-rules.js'

export type LoadField = (
  loader: Loader,
  node: YamlNode,
  field: Field,
  name: string,
) => LoadedValue | undefined

export interface SectionRules {
  /** Name of the section, for messages: `build`, or `recipe` for the top level. */
  readonly name: string
  readonly fields: Section
  readonly load: LoadField
  /** Unknown keys have no effect instead of being mistakes. */
  readonly lenient?: boolean
}

/** A mapping with the given fields. Undefined when it is no mapping. */
export function loadSection(loader: Loader, node: YamlNode, rules: SectionRules): LoadedSection | undefined {
  if (node.kind !== 'mapping') return reportType(loader, node, 'mapping', mappingHint(node))
  const members = new Map<string, LoadedValue>()
  for (const { key, value } of node.entries) {
    const field = Object.hasOwn(rules.fields, key.text) ? rules.fields[key.text] : undefined
    if (field === undefined) reportUnknown(loader, key, rules)
    else {
      const member = rules.load(loader, value, field, memberName(rules.name, key.text, field))
      if (member) members.set(key.text, member)
    }
  }
  for (const [key, field] of Object.entries(rules.fields)) {
    const entry = getEntry(node, key)
    if (field.required && entry === undefined) report(loader, missingField(key, node.span))
    const isEmptyChoice =
      field.kind === 'list' && field.single === 'unwrap' && entry?.value.kind === 'sequence'
    if (isEmptyChoice && entry.value.items.length === 0)
      report(loader, invalidValue(key, 'at least one is required', { span: entry.value.span }))
  }
  checkSection(loader, node, rules.name)
  return { kind: 'section', members, span: node.span }
}

/** A mapping whose kind is told by the first key that is present. */
export function loadAlternative(
  loader: Loader,
  node: YamlNode,
  rules: { readonly name: string; readonly field: OneOfField; readonly load: LoadField },
): LoadedSection | undefined {
  const { field, load } = rules
  if (node.kind !== 'mapping') return reportType(loader, node, 'mapping')
  const alternative = Object.keys(field.alternatives).find((key) => getEntry(node, key) !== undefined)
  const fields = alternative === undefined ? undefined : field.alternatives[alternative]
  if (alternative === undefined || fields === undefined) return reportNoAlternative(loader, node, field)
  const lenient = field.lenient?.includes(alternative) === true
  const name = field.what === 'source' ? field.what : alternativeName(field.what, alternative)
  const section = loadSection(loader, node, {
    name,
    fields,
    load: alternative === 'staging' ? loadStagingMember(load) : load,
    lenient,
  })
  return section && { ...section, alternative }
}

/** Sections of a staging output have rules, and messages, of their own. */
function loadStagingMember(load: LoadField): LoadField {
  return (loader, node, field, name) =>
    load(loader, node, field, name === 'build' || name === 'requirements' ? `staging ${name}` : name)
}

function alternativeName(what: string, alternative: string): string {
  if (alternative === 'staging') return 'staging output'
  return what === 'test' ? `${alternative} test` : what
}

function reportNoAlternative(loader: Loader, node: YamlMapping, field: OneOfField): undefined {
  const keys = Object.keys(field.alternatives)
  const written = node.entries[0]
  if (field.what === 'output') {
    const reason = "must have either 'staging' or 'package' key"
    report(loader, invalidValue('outputs', reason, { span: node.span }))
  } else if (written === undefined || (isConditional(node) && field.what !== 'source')) {
    report(
      loader,
      invalidValue(field.what, `one of these keys is needed: ${keys.join(', ')}`, { span: node.span }),
    )
  } else {
    const where = { section: field.what, complaint: `unknown ${field.what} type '${written.key.text}'` }
    report(loader, unknownKey(where, written.key.text, { valid: keys, span: written.key.span }))
  }
  return undefined
}

/** rattler-build names integers with their section; everything else by its key alone. */
function memberName(section: string, key: string, field: Field): string {
  return field.kind === 'integer' && section !== 'recipe' ? `${section}.${key}` : key
}

function reportUnknown(
  loader: Loader,
  key: YamlMapping['entries'][number]['key'],
  rules: SectionRules,
): void {
  if (loader.diagnostics.length >= mostShown) return
  if (rules.lenient) {
    warn(loader, ignoredPart(`\`${key.text}\` has no effect in a ${rules.name}`, key.span))
    return
  }
  const valid = Object.keys(rules.fields).filter((name) => name !== '$schema')
  const complaint = complaintAbout(key.text, rules.name)
  report(loader, unknownKey({ section: rules.name, complaint }, key.text, { valid, span: key.span }))
}

function complaintAbout(key: string, section: string): string {
  if (section === 'recipe') return `unknown top-level field '${key}'`
  if (section === 'staging build') {
    return `unknown field '${key}' - only 'script' and 'steps' are allowed in staging builds`
  }
  return section === 'staging requirements'
    ? `'${key}' is not allowed in staging requirements`
    : `unknown field '${key}'`
}

function mappingHint(node: YamlNode): string | undefined {
  return node.kind === 'scalar' && node.text === ''
    ? 'leave the key out when nothing belongs below it'
    : undefined
}
