/** Adds items to lists in the text of a YAML file, and changes nothing else of it: comments and styles stay. */
import type { YamlMapping, YamlNode } from '../text/index.js'

/** The text with a list of one item under a key that the mapping does not have yet. */
export function addList(
  text: string,
  mapping: YamlMapping,
  { key, item }: { readonly key: string; readonly item: string },
): string {
  const { start, end } = mapping.span
  if (text[start] === '{') {
    const closing = text.lastIndexOf('}', end)
    const before = text.slice(0, closing).trimEnd()
    return `${before}${before.endsWith(',') ? '' : ','} ${key}: [${quoteItem(item)}]${text.slice(closing)}`
  }
  const indent = ' '.repeat(columnOf(text, mapping.entries[0]?.key.span.start ?? start))
  return insertLines(text, end, [`${indent}${key}:`, `${indent}  - ${quoteItem(item)}`])
}

/** The text with one more item at the end of a list; a single value becomes a list. */
export function addItem(text: string, list: YamlNode, item: string): string {
  const { start, end } = list.span
  if (list.kind !== 'sequence') {
    const own = text.slice(start, end)
    const items = own.trim() === '' ? quoteItem(item) : `${own}, ${quoteItem(item)}`
    const gap = text[start - 1] === ':' ? ' ' : ''
    return `${text.slice(0, start)}${gap}[${items}]${text.slice(end)}`
  }
  if (text[start] === '[') {
    const closing = text.lastIndexOf(']', end)
    const before = text.slice(0, closing).trimEnd()
    const comma = before.endsWith('[') ? '' : before.endsWith(',') ? ' ' : ', '
    return `${before}${comma}${quoteItem(item)}${text.slice(closing)}`
  }
  const dash = text.lastIndexOf('-', (list.items.at(-1) ?? list).span.start)
  return insertLines(text, end, [`${' '.repeat(columnOf(text, dash))}- ${quoteItem(item)}`])
}

/** Behind the line that holds the offset, comments at its end included. */
export function insertLines(text: string, offset: number, lines: readonly string[]): string {
  const eol = text.includes('\r\n') ? '\r\n' : '\n'
  // A block scalar ends behind its line end.
  const from = text[offset - 1] === '\n' ? offset - 1 : offset
  const at = text.indexOf('\n', from)
  if (at === -1) return `${text}${eol}${lines.join(eol)}${eol}`
  return `${text.slice(0, at + 1)}${lines.join(eol)}${eol}${text.slice(at + 1)}`
}

function columnOf(text: string, offset: number): number {
  return offset - (text.lastIndexOf('\n', offset - 1) + 1)
}

/** Plain where YAML and templates leave it alone. */
function quoteItem(text: string): string {
  return /^[A-Za-z0-9_.][\w./+-]*$/.test(text) ? text : JSON.stringify(text)
}
