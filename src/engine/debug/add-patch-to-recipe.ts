/** Adds the name of a patch to a source in the text of a recipe, and changes nothing else of it. */
import type { RenderedSource } from '../../recipe/index.js'
import { getEntry, parseYaml, type YamlMapping, type YamlNode } from '../../text/index.js'
import { addItem, addList } from '../edit-yaml-list.js'

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
  const edited =
    patches === undefined
      ? addList(text, source, { key: 'patches', item: patch })
      : addItem(text, patches, patch)
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
