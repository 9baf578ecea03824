/** Adds the name of a patch to a source in the text of a recipe, and changes nothing else of it. */
import type { RenderedSource } from '../../recipe/index.js'
import { getEntry, parseYaml, type YamlMapping, type YamlNode } from '../../text/index.js'

export interface SourcePlace {
  readonly source: RenderedSource
  /** Position among the sources of the output. */
  readonly index: number
  readonly count: number
}

/** `listed` when it is there already; undefined when it is not clear which source of the recipe is meant. */
export function addPatchToRecipe(
  text: string,
  place: SourcePlace,
  patch: string,
): { readonly text: string } | 'listed' | undefined {
  const source = findSource(text, place)
  if (source === undefined) return undefined
  const patches = getEntry(source, 'patches')?.value
  if (patchesIn(patches).includes(patch)) return 'listed'
  const edited = patches === undefined ? addList(text, source, patch) : addItem(text, patches, patch)
  const after = findSource(edited, place)
  // The edit is only worth something when the recipe then says what was meant.
  const isListed = after !== undefined && patchesIn(getEntry(after, 'patches')?.value).includes(patch)
  return isListed ? { text: edited } : undefined
}

function patchesIn(node: YamlNode | undefined): readonly string[] {
  if (node?.kind === 'scalar') return [node.text]
  if (node?.kind !== 'sequence') return []
  return node.items.flatMap((item) => (item.kind === 'scalar' ? [item.text] : []))
}

/** The only source of its kind, else the one with the same text, else the one at the same position. */
function findSource(text: string, { source, index, count }: SourcePlace): YamlMapping | undefined {
  const { root } = parseYaml({ file: 'recipe.yaml', text })
  const key = 'git' in source ? 'git' : 'path' in source ? 'path' : 'url'
  const all = sourceNodes(root)
  const sameKind = all.filter((node) => getEntry(node, key) !== undefined)
  if (sameKind.length === 1) return sameKind[0]
  const wanted = new Set(addressesOf(source))
  const sameText = sameKind.filter((node) =>
    textsOf(getEntry(node, key)?.value).some((item) => wanted.has(item)),
  )
  if (sameText.length === 1) return sameText[0]
  return all.length === count && sameKind.includes(all[index] as YamlMapping) ? all[index] : undefined
}

function addressesOf(source: RenderedSource): readonly string[] {
  if ('git' in source) return [source.git]
  if ('path' in source) return [source.path]
  return typeof source.url === 'string' ? [source.url] : source.url
}

function textsOf(node: YamlNode | undefined): readonly string[] {
  if (node?.kind === 'scalar') return [node.text]
  return node?.kind === 'sequence' ? node.items.flatMap(textsOf) : []
}

/** All sources of the recipe in their order: of the top level, of outputs, in branches. */
function sourceNodes(root: YamlNode | undefined): readonly YamlMapping[] {
  if (root?.kind !== 'mapping') return []
  const outputs = getEntry(root, 'outputs')?.value
  const sections = [root, ...(outputs?.kind === 'sequence' ? outputs.items : [])]
  return sections.flatMap((section) =>
    section.kind === 'mapping' ? mappingsIn(getEntry(section, 'source')?.value) : [],
  )
}

function mappingsIn(node: YamlNode | undefined): readonly YamlMapping[] {
  if (node?.kind === 'sequence') return node.items.flatMap(mappingsIn)
  if (node?.kind !== 'mapping') return []
  if (getEntry(node, 'if') === undefined) return [node]
  return [...mappingsIn(getEntry(node, 'then')?.value), ...mappingsIn(getEntry(node, 'else')?.value)]
}

function addList(text: string, source: YamlMapping, patch: string): string {
  const { start, end } = source.span
  if (text[start] === '{') {
    const closing = text.lastIndexOf('}', end)
    const before = text.slice(0, closing).trimEnd()
    return `${before}${before.endsWith(',') ? '' : ','} patches: [${quoteItem(patch)}]${text.slice(closing)}`
  }
  const indent = ' '.repeat(columnOf(text, source.entries[0]?.key.span.start ?? start))
  return insertLines(text, end, [`${indent}patches:`, `${indent}  - ${quoteItem(patch)}`])
}

function addItem(text: string, patches: YamlNode, patch: string): string {
  const { start, end } = patches.span
  if (patches.kind !== 'sequence') {
    const own = text.slice(start, end)
    const items = own.trim() === '' ? quoteItem(patch) : `${own}, ${quoteItem(patch)}`
    const gap = text[start - 1] === ':' ? ' ' : ''
    return `${text.slice(0, start)}${gap}[${items}]${text.slice(end)}`
  }
  if (text[start] === '[') {
    const closing = text.lastIndexOf(']', end)
    const before = text.slice(0, closing).trimEnd()
    const comma = before.endsWith('[') ? '' : before.endsWith(',') ? ' ' : ', '
    return `${before}${comma}${quoteItem(patch)}${text.slice(closing)}`
  }
  const dash = text.lastIndexOf('-', (patches.items.at(-1) ?? patches).span.start)
  return insertLines(text, end, [`${' '.repeat(columnOf(text, dash))}- ${quoteItem(patch)}`])
}

/** Behind the line that holds the offset, comments at its end included. */
function insertLines(text: string, offset: number, lines: readonly string[]): string {
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
