/** YAML as recipes use it: three kinds of node, every one with its span, scalars never typed (spec: render.md 1). */
import { Composer, isAlias, isMap, isScalar, isSeq, LineCounter, type ParsedNode, Parser } from 'yaml'
import { readBlockYaml } from './block-yaml.js'
import type { SourceText, Span } from './span.js'

/** A scalar keeps its source text; `plain` is false when YAML had quotes or a block style. */
export interface YamlScalar {
  readonly kind: 'scalar'
  readonly text: string
  readonly plain: boolean
  readonly style: 'plain' | 'quoted' | 'block'
  readonly span: Span
}

/** A list, in block or flow style. */
export interface YamlSequence {
  readonly kind: 'sequence'
  readonly items: readonly YamlNode[]
  readonly span: Span
}

/** One `key: value`; a missing value is a plain scalar with an empty text. */
export interface YamlEntry {
  readonly key: YamlScalar
  readonly value: YamlNode
}

/** A mapping; entries keep their order, keys are unique. */
export interface YamlMapping {
  readonly kind: 'mapping'
  readonly entries: readonly YamlEntry[]
  readonly span: Span
}

export type YamlNode = YamlScalar | YamlSequence | YamlMapping

/** A mistake in the YAML itself. */
export interface YamlProblem {
  readonly severity: 'error' | 'warning'
  readonly message: string
  readonly span: Span
}

/** What could be read and what could not; `root` is undefined for an empty document. */
export interface ParsedYaml {
  readonly root: YamlNode | undefined
  readonly problems: readonly YamlProblem[]
}

/**
 * Parses the first document of a YAML text. Never throws: problems come back with as much of the tree as was understood,
 * because editors call this on half-typed text.
 */
export function parseYaml(source: SourceText): ParsedYaml {
  const root = readBlockYaml(source)
  return root ? { root, problems: [] } : parseAnyYaml(source)
}

/** The same for every style, and with the mistakes. */
export function parseAnyYaml(source: SourceText): ParsedYaml {
  const { text } = source
  const [document, another] = composeDocuments(text)
  const problems: YamlProblem[] = []
  const reader: Reader = { source: { file: source.file, text }, problems }
  for (const error of document?.errors ?? []) problems.push(fromYamlError(error, reader))
  if (another) problems.push(anotherDocument(another.range[0], reader))
  const contents = document?.contents as ParsedNode | null | undefined
  const root = contents ? readNode(contents, reader) : undefined
  return { root: isEmptyScalar(root) ? undefined : root, problems }
}

/** The value under `key`, if the mapping has it. */
export function getEntry(mapping: YamlMapping, key: string): YamlEntry | undefined {
  return mapping.entries.find((entry) => entry.key.text === key)
}

interface Reader {
  readonly source: SourceText
  readonly problems: YamlProblem[]
}

// Repeated keys are found below: the package compares every key with every other one.
const options = { schema: 'failsafe', uniqueKeys: false, version: '1.2', merge: false } as const

function composeDocuments(text: string) {
  const lines = new LineCounter()
  const composer = new Composer({ ...options, lineCounter: lines, keepSourceTokens: true })
  return Array.from(composer.compose(new Parser(lines.addNewLine).parse(text), true, text.length))
}

function fromYamlError(
  error: { message: string; pos: readonly [number, number] },
  reader: Reader,
): YamlProblem {
  const said = error.message.split(' at line')[0]?.split(':\n')[0] ?? error.message
  const message = said.includes('call stack') ? 'lists and mappings are nested too deeply' : said
  return { severity: 'error', message, span: spanOf(error.pos[0], error.pos[1], reader) }
}

function anotherDocument(start: number, reader: Reader): YamlProblem {
  const message = 'only the first YAML document is read; what follows is ignored'
  return { severity: 'warning', message, span: spanOf(start, start + 1, reader) }
}

function readNode(node: ParsedNode, reader: Reader): YamlNode {
  refuseAnchorsAndTags(node, reader)
  const span = spanOf(node.range[0], node.range[1], reader)
  if (isAlias(node)) {
    problem(`YAML aliases such as \`*${node.source}\` are not allowed in recipes`, span, reader)
    return { kind: 'scalar', text: '', plain: true, style: 'plain', span }
  }
  if (isSeq(node)) {
    const items = node.items.map((item) => readNode(item as ParsedNode, reader))
    return { kind: 'sequence', items, span: node.flow ? span : upTo(items.at(-1), span) }
  }
  if (isMap(node)) {
    const entries = readEntries(node.items as ParsedPair[], reader)
    return { kind: 'mapping', entries, span: node.flow ? span : upTo(entries.at(-1)?.value, span) }
  }
  return readScalar(node, span)
}

/** A block ends with its last value, not with the comments and blank lines behind it. */
function upTo(last: YamlNode | undefined, span: Span): Span {
  return last ? { ...span, end: last.span.end } : span
}

interface ParsedPair {
  readonly key: ParsedNode
  readonly value: ParsedNode | null
}

function readEntries(pairs: readonly ParsedPair[], reader: Reader): YamlEntry[] {
  const entries: YamlEntry[] = []
  const seen = new Set<string>()
  for (const pair of pairs) {
    const key = readKey(pair.key, reader)
    if (key === undefined) continue
    if (seen.has(key.text)) {
      problem('map keys must be unique', key.span, reader)
      continue
    }
    seen.add(key.text)
    const value = pair.value ? readNode(pair.value, reader) : emptyScalar(key.span.end, reader)
    entries.push({ key, value })
  }
  return entries
}

function readKey(node: ParsedNode, reader: Reader): YamlScalar | undefined {
  const key = readNode(node, reader)
  if (key.kind === 'scalar') return key
  const message = 'keys in mappings must be scalar; a template is written `${{ name }}`, with a dollar sign'
  problem(message, key.span, reader)
  return undefined
}

function readScalar(node: ParsedNode, span: Span): YamlScalar {
  if (!isScalar(node)) return { kind: 'scalar', text: '', plain: true, style: 'plain', span }
  const style = scalarStyle(node.srcToken?.type)
  const text = typeof node.value === 'string' ? node.value : ''
  return { kind: 'scalar', text, plain: style === 'plain', style, span }
}

function scalarStyle(type: string | undefined): YamlScalar['style'] {
  if (type === 'block-scalar') return 'block'
  return type === 'single-quoted-scalar' || type === 'double-quoted-scalar' ? 'quoted' : 'plain'
}

function refuseAnchorsAndTags(node: ParsedNode, reader: Reader): void {
  const span = spanOf(node.range[0], node.range[0] + 1, reader)
  if (!isAlias(node) && node.anchor)
    problem(`unexpected definition of anchor \`&${node.anchor}\``, span, reader)
  if (!isAlias(node) && node.tag) problem(`unexpected use of YAML tag \`${node.tag}\``, span, reader)
}

function emptyScalar(offset: number, reader: Reader): YamlScalar {
  return { kind: 'scalar', text: '', plain: true, style: 'plain', span: spanOf(offset, offset, reader) }
}

function isEmptyScalar(node: YamlNode | undefined): boolean {
  return node?.kind === 'scalar' && node.plain && node.text === ''
}

function problem(message: string, span: Span, reader: Reader): void {
  reader.problems.push({ severity: 'error', message, span })
}

function spanOf(start: number, end: number, reader: Reader): Span {
  return { file: reader.source.file, start, end: Math.max(start, end) }
}
