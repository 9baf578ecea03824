/**
 * Decides what `context` may hold: scalars and lists of scalars under names without hyphens (spec: render.md
 * 4).
 */
import type { LoadedContextEntry, LoadedItem, LoadedText } from '../../recipe/index.js'
import type { YamlNode } from '../../text/index.js'
import { invalidVariableName } from './errors.js'
import { loadText, plainText } from './load-text.js'
import { type Loader, report, reportType } from './loader.js'

/** The entries in file order. */
export function loadContext(loader: Loader, node: YamlNode | undefined): LoadedContextEntry[] {
  if (node === undefined) return []
  if (node.kind !== 'mapping') {
    reportType(loader, node, 'mapping')
    return []
  }
  return node.entries.flatMap(({ key, value }) => {
    if (key.text.includes('-')) report(loader, invalidVariableName(key.text, key.span))
    const loaded = loadValue(loader, value)
    return loaded === undefined ? [] : [{ key: key.text, keySpan: key.span, value: loaded }]
  })
}

function loadValue(loader: Loader, node: YamlNode): LoadedContextEntry['value'] | undefined {
  if (node.kind === 'scalar') return loadText(loader, node)
  if (node.kind === 'mapping') return reportType(loader, node, 'scalar or a list of scalars')
  // Items are never rendered, so a template in one is just text.
  const items = node.items.flatMap((item): LoadedItem[] => {
    const text: LoadedText | undefined =
      item.kind === 'scalar' ? plainText(item) : reportType(loader, item, 'scalar')
    return text ? [text] : []
  })
  return { kind: 'list', items, single: false, span: node.span }
}
