/**
 * Reads the plain block style that nearly all recipes and variant files are written in, ten times faster than a
 * full YAML parser. Whatever it is not sure of it leaves to that parser, so it decides nothing of its own.
 */
import { CST } from 'yaml'
import type { SourceText } from './span.js'
import type { YamlEntry, YamlMapping, YamlNode, YamlScalar, YamlSequence } from './yaml.js'

/** The tree of a text without mistakes in block style; undefined when the text is anything else. */
export function readBlockYaml({ file, text }: SourceText): YamlNode | undefined {
  if (/[\t\r\uFEFF]/.test(text)) return undefined
  const cursor: Cursor = { file, text, at: 0, column: 0, depth: 0 }
  try {
    moveToContent(cursor, 0)
    if (isAtEnd(cursor)) return undefined
    const root = readCollection(cursor)
    return isAtEnd(cursor) ? root : undefined
  } catch (error) {
    if (error !== notSure) throw error
    return undefined
  }
}

interface Cursor {
  readonly file: string
  readonly text: string
  /** Offset of the next content. */
  at: number
  /** Its column; -1 behind the last line. */
  column: number
  depth: number
}

/** One object for all, because a stack trace costs more than the reading. */
const notSure = new Error('left to the full parser')
const deepest = 60

function isAtEnd(cursor: Cursor): boolean {
  return cursor.column < 0
}

/** To the first line at or behind the start of a line that is neither blank nor a comment. */
function moveToContent(cursor: Cursor, lineStart: number): void {
  const { text } = cursor
  let start = lineStart
  for (;;) {
    let at = start
    while (text.charCodeAt(at) === 32) at += 1
    const char = text[at]
    if (char === undefined) {
      cursor.at = text.length
      cursor.column = -1
      return
    }
    if (char !== '\n' && char !== '#') {
      if (at === start && /^(?:---|\.\.\.|%)/.test(text.slice(at, at + 3))) throw notSure
      cursor.at = at
      cursor.column = at - start
      return
    }
    start = lineEnd(text, at) + 1
  }
}

function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at)
  return end === -1 ? text.length : end
}

function readCollection(cursor: Cursor): YamlNode {
  cursor.depth += 1
  if (cursor.depth > deepest) throw notSure
  const node = isDash(cursor) ? readSequence(cursor) : readMapping(cursor)
  cursor.depth -= 1
  return node
}

function isDash({ text, at }: Cursor): boolean {
  const next = text[at + 1]
  return text[at] === '-' && (next === ' ' || next === '\n' || next === undefined)
}

function readSequence(cursor: Cursor): YamlSequence {
  const { column, at: start, file } = cursor
  const items: YamlNode[] = []
  do items.push(readItem(cursor, column))
  while (cursor.column === column && isDash(cursor))
  return { kind: 'sequence', items, span: { file, start, end: items.at(-1)?.span.end ?? start } }
}

function readItem(cursor: Cursor, column: number): YamlNode {
  const dash = cursor.at
  cursor.at = skipBlanks(cursor.text, dash + 1)
  cursor.column = column + cursor.at - dash
  const isCollection = isDash(cursor) || findKeyEnd(cursor) !== undefined
  const item = isCollection ? readCollection(cursor) : readValue(cursor, column, column + 1)
  if (cursor.column > column) throw notSure
  return item
}

function readMapping(cursor: Cursor): YamlMapping {
  const { column, at: start, file } = cursor
  const entries: YamlEntry[] = []
  const seen = new Set<string>()
  do {
    const entry = readEntry(cursor, column)
    if (seen.has(entry.key.text)) throw notSure
    seen.add(entry.key.text)
    entries.push(entry)
    if (cursor.column > column) throw notSure
  } while (cursor.column === column && !isDash(cursor))
  return { kind: 'mapping', entries, span: { file, start, end: entries.at(-1)?.value.span.end ?? start } }
}

function readEntry(cursor: Cursor, column: number): YamlEntry {
  const end = findKeyEnd(cursor)
  if (end === undefined) throw notSure
  const key = scalar(cursor, end)
  cursor.at = skipBlanks(cursor.text, cursor.text.indexOf(':', end) + 1)
  // A sequence may stand in the column of its key.
  return { key, value: readValue(cursor, column, column) }
}

/** What stands behind `key:` or `-`, there or on the following lines; `dashColumn` is where a list may begin. */
function readValue(cursor: Cursor, parentColumn: number, dashColumn: number): YamlNode {
  const { text, at, file } = cursor
  const char = text[at]
  if (char === undefined || char === '\n' || char === '#') {
    moveToContent(cursor, lineEnd(text, at) + 1)
    const isInside = cursor.column > parentColumn || (cursor.column === dashColumn && isDash(cursor))
    if (isInside) return readCollection(cursor)
    return { kind: 'scalar', text: '', plain: true, style: 'plain', span: { file, start: at, end: at } }
  }
  if (char === '|' || char === '>') return readBlockScalar(cursor, parentColumn)
  const end = char === '"' || char === "'" ? quotedEnd(text, at) : plainEnd(text, at)
  const value = scalar(cursor, end)
  const rest = skipBlanks(text, end)
  const isFinished = rest >= text.length || text[rest] === '\n' || (text[rest] === '#' && rest > end)
  if (!isFinished) throw notSure
  moveToContent(cursor, lineEnd(text, rest) + 1)
  return value
}

function skipBlanks(text: string, start: number): number {
  let at = start
  while (text.charCodeAt(at) === 32) at += 1
  return at
}

/** The end of a key at the cursor; undefined when there is a value without a key. */
function findKeyEnd({ text, at }: Cursor): number | undefined {
  const char = text[at]
  if (char === '"' || char === "'") {
    const end = quotedEnd(text, at)
    return isColon(text, skipBlanks(text, end)) ? end : undefined
  }
  if (char === undefined || mayNotBegin.includes(char)) return undefined
  for (let colon = at; ; colon += 1) {
    const code = text.charCodeAt(colon)
    if (code === 10 || colon >= text.length) return undefined
    if (code === 35 && text[colon - 1] === ' ') return undefined
    if (code === 58 && isColon(text, colon)) return trimmedEnd(text, at, colon)
    // Longer keys are a mistake that the full parser words.
    if (colon - at > 500) throw notSure
  }
}

function isColon(text: string, at: number): boolean {
  const next = text[at + 1]
  return text[at] === ':' && (next === ' ' || next === '\n' || next === undefined)
}

/** Indicators that give the text behind them another meaning, or none. */
const mayNotBegin = '\n#|>[]{},&*!%@`?:'

/** The end of a plain text on its line; a comment or a second key ends it or is refused. */
function plainEnd(text: string, start: number): number {
  const isDashAlone = text[start] === '-' && /[ \n]/.test(text[start + 1] ?? '\n')
  if (mayNotBegin.includes(text[start] ?? '') || isDashAlone) throw notSure
  const end = lineEnd(text, start)
  const line = text.slice(start, end)
  const comment = line.indexOf(' #')
  const content = comment === -1 ? line : line.slice(0, comment)
  if (content.includes(': ') || content.endsWith(':')) throw notSure
  return trimmedEnd(text, start, start + content.length)
}

function trimmedEnd(text: string, start: number, end: number): number {
  let at = end
  while (at > start && text.charCodeAt(at - 1) === 32) at -= 1
  return at
}

function quotedEnd(text: string, start: number): number {
  const pattern = text[start] === '"' ? /"(?:[^"\\\n]|\\[^\n])*"/y : /'(?:[^'\n]|'')*'/y
  pattern.lastIndex = start
  if (!pattern.test(text)) throw notSure
  return pattern.lastIndex
}

function scalar({ file, text, at }: Cursor, end: number): YamlScalar {
  const source = text.slice(at, end)
  const span = { file, start: at, end }
  const first = source[0]
  if (first === "'") {
    return {
      kind: 'scalar',
      text: source.slice(1, -1).replaceAll("''", "'"),
      plain: false,
      style: 'quoted',
      span,
    }
  }
  if (first === '"')
    return { kind: 'scalar', text: doubleQuoted(source), plain: false, style: 'quoted', span }
  return { kind: 'scalar', text: source, plain: true, style: 'plain', span }
}

function doubleQuoted(source: string): string {
  if (!source.includes('\\')) return source.slice(1, -1)
  return resolve({ type: 'double-quoted-scalar', offset: 0, indent: 0, source, end: [] })
}

/** The value of a token by the rules of the full parser, which is worth it only for escapes and folding. */
function resolve(token: CST.FlowScalar | CST.BlockScalar): string {
  const refuse = () => {
    throw notSure
  }
  return CST.resolveAsScalar(token, true, refuse).value
}

function readBlockScalar(cursor: Cursor, parentColumn: number): YamlScalar {
  const { file, text, at: start } = cursor
  const header = text.slice(start, lineEnd(text, start) + 1)
  if (!/^[|>]-?\n$/.test(header)) throw notSure
  const body = start + header.length
  const end = blockEnd(cursor, body, parentColumn)
  const props = [{ type: 'block-scalar-header' as const, offset: start, indent: 0, source: header.trimEnd() }]
  const newline = { type: 'newline' as const, offset: body - 1, indent: 0, source: '\n' }
  const token: CST.BlockScalar = {
    type: 'block-scalar',
    offset: start,
    indent: parentColumn,
    props: [...props, newline],
    source: text.slice(body, end),
  }
  const span = { file, start, end }
  return { kind: 'scalar', text: resolve(token), plain: false, style: 'block', span }
}

/** Behind the last line of a block scalar that is not blank; the cursor moves to what follows. */
function blockEnd(cursor: Cursor, body: number, parentColumn: number): number {
  const { text } = cursor
  let column: number | undefined
  let end: number | undefined
  let start = body
  while (start < text.length) {
    const at = skipBlanks(text, start)
    const next = lineEnd(text, at)
    const isBlank = at === next
    if (!isBlank) {
      // Lines between two depths are a mistake or an end, which the full parser tells apart.
      if (at - start <= parentColumn) break
      column ??= at - start
      if (at - start < column) throw notSure
      end = Math.min(next + 1, text.length)
    } else if (at - start > (column ?? 0)) throw notSure
    start = next + 1
  }
  if (end === undefined || text[end - 1] !== '\n') throw notSure
  moveToContent(cursor, start)
  return end
}
