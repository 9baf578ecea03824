/**
 * Decides how the fields with rules of their own are read: scripts, `skip`, `extra`, `inherit`, publishers.
 */
import {
  type LoadedData,
  type LoadedList,
  type LoadedSection,
  type LoadedText,
  type LoadedValue,
  scriptFields,
} from '../../recipe/index.js'
import {
  collectExpressionNames,
  isTemplate,
  parseBareExpression,
  TemplateError,
} from '../../template/index.js'
import type { YamlNode, YamlScalar } from '../../text/index.js'
import { conditionSyntax, invalidValue } from './errors.js'
import { loadList } from './load-list.js'
import { type LoadField, loadSection } from './load-section.js'
import { checkText, loadCondition, loadScriptText, loadText, plainText } from './load-text.js'
import { isNullWord, type Loader, report, reportType } from './loader.js'

/** A script: a text or list of commands, or a mapping with `content` or `file` and options. */
export function loadScript(
  loader: Loader,
  node: YamlNode,
  rules: { readonly name: string; readonly load: LoadField },
): LoadedValue | undefined {
  if (node.kind === 'scalar' && node.text === '') {
    return { kind: 'list', items: [], single: false, span: node.span }
  }
  if (node.kind !== 'mapping') return loadContent(loader, node)
  const load: LoadField = (inner, value, field, name) =>
    name === 'content' ? loadContent(inner, value) : rules.load(inner, value, field, name)
  return loadSection(loader, node, { name: rules.name, fields: scriptFields, load })
}

/** Commands with selectors; templates in them are only parsed. */
export function loadContent(loader: Loader, node: YamlNode): LoadedList | undefined {
  const item = (itemNode: YamlNode) =>
    itemNode.kind === 'scalar' && itemNode.text === '' ? undefined : loadScriptText(loader, itemNode)
  return loadList(loader, node, { name: 'script', item, single: true, selectors: true })
}

/**
 * Expressions of `skip`. One that does not parse counts as false, so it is no mistake here (spec: render.md
 * 3.5).
 */
export function loadExpressions(loader: Loader, node: YamlNode, name: string): LoadedList | undefined {
  if (name === 'if') return loadStepCondition(loader, node)
  const item = (itemNode: YamlNode): LoadedText | undefined => {
    if (itemNode.kind !== 'scalar') return reportType(loader, itemNode, 'scalar')
    return isTemplate(itemNode.text) ? loadText(loader, itemNode) : loadSkipExpression(itemNode)
  }
  return loadList(loader, node, { name, item, single: true, selectors: true, loneSelector: true })
}

function loadSkipExpression(node: YamlScalar): LoadedText {
  try {
    return { ...plainText(node), names: collectExpressionNames(parseBareExpression(node.text)) }
  } catch (error) {
    if (error instanceof TemplateError) return plainText(node)
    throw error
  }
}

function loadStepCondition(loader: Loader, node: YamlNode): LoadedList | undefined {
  if (node.kind !== 'scalar') return reportType(loader, node, 'scalar')
  if (isTemplate(node.text)) {
    const reason = 'step condition is a Jinja expression; do not use `${{ }}` template delimiters'
    report(loader, conditionSyntax(reason, node.span))
    return undefined
  }
  const condition = loadCondition(loader, node)
  if (condition === undefined) return undefined
  const item: LoadedText = { ...plainText(node), names: condition.names }
  return { kind: 'list', items: [item], single: true, span: node.span }
}

/** Free data; every template in it must parse. */
export function loadData(loader: Loader, node: YamlNode): LoadedData | undefined {
  if (node.kind !== 'mapping') return reportType(loader, node, 'mapping')
  const texts = new Map<YamlScalar, LoadedText>()
  for (const scalar of scalarsOf(node)) {
    const text = loadText(loader, scalar)
    if (text) texts.set(scalar, text)
  }
  return { kind: 'data', node, texts, span: node.span }
}

function scalarsOf(node: YamlNode): readonly YamlScalar[] {
  if (node.kind === 'scalar') return [node]
  const children = node.kind === 'sequence' ? node.items : node.entries.map(({ value }) => value)
  return children.flatMap(scalarsOf)
}

/** `inherit`: a name, nothing, or `{from, run_exports}`. */
export function loadInherit(loader: Loader, node: YamlNode): LoadedSection | undefined {
  if (isNullWord(node) || (node.kind === 'scalar' && node.text === '')) return undefined
  if (node.kind === 'scalar') {
    const from = loadText(loader, node)
    return from && { kind: 'section', members: new Map([['from', from]]), span: node.span }
  }
  const fields = {
    from: { kind: 'text', format: 'text', required: true, doc: 'Name of the staging output.' },
    run_exports: { kind: 'boolean', default: true, words: 'yes-no', doc: 'Inherit its run exports.' },
  } as const
  const load: LoadField = (inner, value, field, name) => {
    const text = loadText(inner, value)
    if (text) checkText(inner, text, field, name)
    return text
  }
  return loadSection(loader, node, { name: 'inherit', fields, load })
}

const publisherPattern = /^[^:]+:[^/]+\/[^/]/

/** Publishers of an attestation: one text or a list. */
export function loadPublishers(loader: Loader, node: YamlNode): LoadedList | undefined {
  const item = (itemNode: YamlNode): LoadedText | undefined => {
    const text = loadText(loader, itemNode)
    if (text && text.template === undefined && !publisherPattern.test(text.text)) {
      const reason = `Invalid publisher format '${text.text}': expected 'provider:owner/repo'`
      report(loader, invalidValue('publishers', reason, { span: text.span }))
    }
    return text
  }
  return loadList(loader, node, { name: 'publishers', item, single: true, selectors: false })
}
