/** Decides how the `[key=value, ...]` part of a match spec is taken apart. */
import { SpecError } from './spec-error.js'

/** One `key=value`; lists (`[a, b]`) keep their items. */
export interface BracketEntry {
  readonly key: string
  readonly value: string | readonly string[]
}

/** Cuts `# ...`; a `#` between the quotes of a bracket belongs to the text. */
export function stripComment(text: string): string {
  let depth = 0
  for (let index = 0; index < text.length; index += 1) {
    const character = text.charAt(index)
    if (character === '#') return text.slice(0, index)
    if (character === '[') depth += 1
    else if (character === ']') depth -= 1
    else if (depth > 0 && (character === '"' || character === "'")) index = quoteEnd(text, index) ?? index
  }
  return text
}

/** The text before the bracket, and what is inside; a `[` in quotes or in another bracket does not count. */
export function splitBracket(text: string): { readonly body: string; readonly bracket?: string } {
  if (!text.endsWith(']')) return { body: text }
  const start = text.indexOf('[')
  if (start < 0) throw new SpecError('invalid bracket')
  const end = closingBracket(text, start)
  if (end === undefined) throw new SpecError('invalid bracket')
  if (end < text.length - 1) throw new SpecError('multiple bracket sections not allowed')
  return { body: text.slice(0, start).trim(), bracket: text.slice(start + 1, end) }
}

function closingBracket(text: string, start: number): number | undefined {
  let depth = 0
  for (let index = start; index < text.length; index += 1) {
    const character = text.charAt(index)
    if (character === '"' || character === "'") {
      const end = quoteEnd(text, index)
      if (end === undefined) return undefined
      index = end
    } else if (character === '[') depth += 1
    else if (character === ']') {
      depth -= 1
      if (depth === 0) return index
    }
  }
  return undefined
}

/** Index of the quote that ends the string begun at `start`; a backslash hides the next character. */
export function quoteEnd(text: string, start: number): number | undefined {
  const quote = text[start]
  for (let index = start + 1; index < text.length; index += 1) {
    if (text[index] === '\\') index += 1
    else if (text[index] === quote) return index
  }
  return undefined
}

/** The entries of the text between the brackets, in order. */
export function parseBracket(text: string): readonly BracketEntry[] {
  const reader: Reader = { text, position: 0 }
  skipBlanks(reader)
  if (reader.position >= text.length) return []
  const entries = [readEntry(reader)]
  while (text[reader.position] === ',') {
    reader.position += 1
    entries.push(readEntry(reader))
  }
  if (reader.position < text.length) throw new SpecError('invalid bracket')
  return entries
}

interface Reader {
  readonly text: string
  position: number
}

function skipBlanks(reader: Reader): void {
  while (/\s/.test(reader.text.charAt(reader.position))) reader.position += 1
}

function readEntry(reader: Reader): BracketEntry {
  const equals = reader.text.indexOf('=', reader.position)
  if (equals < 0) throw new SpecError('invalid bracket')
  const key = reader.text.slice(reader.position, equals).trim()
  if (!/^\w*$/.test(key)) throw new SpecError('invalid bracket')
  reader.position = equals + 1
  skipBlanks(reader)
  const value = reader.text[reader.position] === '[' ? readList(reader) : readScalar(reader, /[,]/)
  skipBlanks(reader)
  return { key, value }
}

function readList(reader: Reader): readonly string[] {
  const items: string[] = []
  do {
    reader.position += 1
    skipBlanks(reader)
    if (reader.text[reader.position] === ']' && items.length === 0) break
    items.push(readScalar(reader, /[,\]]/))
    skipBlanks(reader)
  } while (reader.text[reader.position] === ',')
  if (reader.text[reader.position] !== ']') throw new SpecError('invalid bracket')
  reader.position += 1
  return items
}

function readScalar(reader: Reader, end: RegExp): string {
  const first = reader.text.charAt(reader.position)
  if (first === '"' || first === "'") return readQuoted(reader)
  const length = reader.text.slice(reader.position).search(end)
  const stop = length < 0 ? reader.text.length : reader.position + length
  const value = reader.text.slice(reader.position, stop).trim()
  if (value === '' || /["'[\]]/.test(value)) throw new SpecError('invalid bracket')
  reader.position = stop
  return value
}

function readQuoted(reader: Reader): string {
  const end = quoteEnd(reader.text, reader.position)
  if (end === undefined) throw new SpecError('invalid bracket')
  const value = reader.text.slice(reader.position + 1, end).replace(/\\([\\'"])/g, '$1')
  reader.position = end + 1
  return value
}
