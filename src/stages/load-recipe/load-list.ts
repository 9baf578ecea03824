/** Decides what the items of a list are, and how `if`/`then`/`else` items nest (spec: render.md 5). */
import type { LoadedConditional, LoadedItem, LoadedList, LoadedValue } from '../../recipe/index.js'
import { getEntry, type YamlMapping, type YamlNode } from '../../text/index.js'
import { invalidValue, missingField, unknownKey } from './errors.js'
import { loadCondition } from './load-text.js'
import { type Loader, report, reportType } from './loader.js'

export interface ListRules {
  /** Name of the field, for messages. */
  readonly name: string
  readonly item: (node: YamlNode) => LoadedValue | undefined
  /** A lone item stands for a list of one. */
  readonly single: boolean
  readonly selectors: boolean
  /** A lone `if` mapping stands for a list of one. */
  readonly loneSelector?: boolean
  /** Other keys beside `if`, `then`, `else` are a mistake; elsewhere they are ignored. */
  readonly strictSelectors?: boolean
}

/** A list, with everything in it that could be understood. Undefined when it is no list at all. */
export function loadList(loader: Loader, node: YamlNode, rules: ListRules): LoadedList | undefined {
  if (node.kind === 'sequence') {
    return { kind: 'list', items: loadItems(loader, node.items, rules), single: false, span: node.span }
  }
  const isAccepted = isConditional(node) ? rules.loneSelector === true : rules.single
  if (!isAccepted) return reportType(loader, node, 'sequence')
  const items = loadItems(loader, [node], rules)
  return { kind: 'list', items, single: !isConditional(node), span: node.span }
}

/** True for a mapping with an `if` key. */
export function isConditional(node: YamlNode): node is YamlMapping {
  return node.kind === 'mapping' && getEntry(node, 'if') !== undefined
}

function loadItems(loader: Loader, nodes: readonly YamlNode[], rules: ListRules): LoadedItem[] {
  return nodes.flatMap((node) => {
    const item =
      rules.selectors && isConditional(node) ? loadConditional(loader, node, rules) : rules.item(node)
    return item === undefined ? [] : [item]
  })
}

function loadConditional(loader: Loader, node: YamlMapping, rules: ListRules): LoadedConditional | undefined {
  const whenTrue = getEntry(node, 'then')
  if (whenTrue === undefined) report(loader, missingField('then', node.span))
  checkKeys(loader, node, rules)
  const conditionNode = getEntry(node, 'if')?.value
  const condition = conditionNode && loadCondition(loader, conditionNode)
  const branches = {
    whenTrue: loadBranch(loader, whenTrue?.value, rules),
    whenFalse: loadBranch(loader, getEntry(node, 'else')?.value, rules),
  }
  if (condition === undefined) return undefined
  return { kind: 'conditional', condition, ...branches, span: node.span }
}

function loadBranch(loader: Loader, node: YamlNode | undefined, rules: ListRules): LoadedItem[] {
  if (node === undefined) return []
  return loadItems(loader, node.kind === 'sequence' ? node.items : [node], rules)
}

const selectorKeys = ['if', 'then', 'else']

function checkKeys(loader: Loader, node: YamlMapping, rules: ListRules): void {
  for (const { key } of node.entries) {
    if (selectorKeys.includes(key.text)) continue
    const where = { section: rules.name, complaint: `unknown field '${key.text}'` }
    if (rules.strictSelectors)
      report(loader, unknownKey(where, key.text, { valid: selectorKeys, span: key.span }))
    else {
      const reason = `\`${key.text}\` beside \`if\` has no effect`
      const { message, code } = invalidValue(rules.name, reason, { span: key.span })
      loader.diagnostics.push({ severity: 'warning', code, message, span: key.span })
    }
  }
}
