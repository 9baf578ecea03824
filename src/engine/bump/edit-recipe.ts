/** Finds the scalars of a recipe that a new version changes, and replaces them in its text; all else stays as it is. */
import { getEntry, parseYaml, type YamlMapping, type YamlNode, type YamlScalar } from '../../text/index.js'

/** Characters `start` up to `end` become `text`. */
export interface TextEdit {
  readonly start: number
  readonly end: number
  readonly text: string
}

/** The version that is written out, and where; undefined when the recipe has none but templates. */
export function findVersion(text: string): YamlScalar | undefined {
  const root = rootOf(text)
  const places = [
    ['context', 'version'],
    ['package', 'version'],
    ['recipe', 'version'],
  ]
  for (const [section = '', key = ''] of places) {
    const value = scalarAt(root, section, key)
    if (value !== undefined && !isTemplate(value.text) && value.text !== '') return value
  }
  return undefined
}

/** The build numbers that are written out: of the context, of the top level, of outputs. */
export function findBuildNumbers(text: string): readonly YamlScalar[] {
  const root = rootOf(text)
  const outputs = root && getEntry(root, 'outputs')?.value
  const sections = outputs?.kind === 'sequence' ? outputs.items : []
  const found = [
    scalarAt(root, 'context', 'number'),
    scalarAt(root, 'context', 'build_number'),
    scalarAt(root, 'build', 'number'),
    ...sections.map((section) => scalarAt(asMapping(section), 'build', 'number')),
  ]
  return found.filter((scalar): scalar is YamlScalar => scalar !== undefined && /^\d+$/.test(scalar.text))
}

/** The checksums and commits of sources, wherever sources stand; templates left out. */
export function findSourceSums(text: string): readonly YamlScalar[] {
  const found: YamlScalar[] = []
  const visit = (node: YamlNode | undefined) => {
    if (node?.kind === 'sequence') for (const item of node.items) visit(item)
    if (node?.kind !== 'mapping') return
    for (const { key, value } of node.entries) {
      const isSum = ['sha256', 'md5', 'expected_commit'].includes(key.text)
      if (value.kind !== 'scalar') visit(value)
      else if (isSum && !isTemplate(value.text)) found.push(value)
    }
  }
  visit(rootOf(text))
  return found
}

/** The edit that gives a scalar another value, in the quotes that it has. */
export function replaceScalar(text: string, scalar: YamlScalar, value: string): TextEdit {
  const { start, end } = scalar.span
  const quote = text[start]
  const written = text.slice(start, end)
  if (scalar.style === 'quoted' && (quote === '"' || quote === "'"))
    return { start, end, text: `${quote}${value}${quote}` }
  // Block scalars bring line ends that are not part of the value.
  if (scalar.style === 'block') return { start, end, text: `"${value}"\n` }
  const isNumber = /^[+-]?[\d_]*\.?\d+(?:[eE][+-]?\d+)?$/.test(value)
  const wasNumber = /^\d+$/.test(written) && /^\d+$/.test(value)
  return { start, end, text: isNumber && !wasNumber ? `"${value}"` : value }
}

/** The text with all edits made; those that overlap others are left out. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  const sorted = [...edits].sort((left, right) => left.start - right.start)
  let made = ''
  let at = 0
  for (const { start, end, text: replacement } of sorted) {
    if (start < at) continue
    made += text.slice(at, start) + replacement
    at = end
  }
  return made + text.slice(at)
}

function isTemplate(text: string): boolean {
  return text.includes('${{') || text.includes('$<<')
}

function rootOf(text: string): YamlMapping | undefined {
  return asMapping(parseYaml({ file: 'recipe.yaml', text }).root)
}

function asMapping(node: YamlNode | undefined): YamlMapping | undefined {
  return node?.kind === 'mapping' ? node : undefined
}

function scalarAt(root: YamlMapping | undefined, section: string, key: string): YamlScalar | undefined {
  const inner = root && asMapping(getEntry(root, section)?.value)
  const value = inner && getEntry(inner, key)?.value
  return value?.kind === 'scalar' ? value : undefined
}
