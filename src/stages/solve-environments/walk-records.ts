/**
 * Decides quickly where most records end: one search for the next opening brace, then a look back at the key before it.
 * Whatever is not certain is left to the exact scanner.
 */
import { isBlank, type JsonWindow } from './json-window.js'

/** Takes the records of a section in their order; positions are those of the file. */
export interface RunCollector {
  begin(name: string, start: number): void
  /** The end of the latest record. */
  end(position: number): void
  /** No more records. */
  close(): void
}

const quote = 0x22
const comma = 0x2c
const dash = 0x2d
const colon = 0x3a
const openBrace = 0x7b
const closeBrace = 0x7d

/**
 * Goes from the value at the window's position over as many records as possible, and leaves the window at a value whose
 * end has to be found exactly.
 *
 * Why this is right for any JSON: let `{` be the next brace behind a record's own. When a plain key that begins with a
 * letter or digit stands before it, its quotes are those of one string, since between the end of a string and the start of
 * the next one there is punctuation; so the comma and the closing braces before them are no text but structure. With no
 * other `{` in between, as many of them as are open end the record, unless there are more.
 */
export function walkRecords(window: JsonWindow, collector: RunCollector): void {
  const { buffer, base } = window
  let value = window.position
  let last = value
  let depth = 1
  let previous = { start: 0, length: 0 }
  if (buffer[value] !== openBrace) return
  for (;;) {
    const brace = buffer.indexOf(openBrace, last + 1)
    const key = brace < 0 ? undefined : keyBefore(buffer, brace)
    if (!key) break
    if (isFirstKey(buffer, key, last)) {
      // Lists of run exports wrap every entry once more.
      depth += 1
      last = brace
      continue
    }
    const end = recordEnd(buffer, key, { last, depth })
    if (end === undefined) break
    if (!isSameName(buffer, previous, key)) {
      collector.end(base + end)
      const name = buffer.toString('latin1', key.start + 1, key.start + 1 + key.length).toLowerCase()
      collector.begin(name, base + key.start)
      previous = key
    }
    value = brace
    last = brace
    depth = 1
  }
  window.position = value
}

interface PlainKey {
  /** Position of the opening quote. */
  readonly start: number
  /** Length of the package name, if the key has two dashes. */
  readonly length: number
}

/** The key of the object at `brace`, if it is plain. */
function keyBefore(buffer: Buffer, brace: number): PlainKey | undefined {
  let position = skipBlanksBack(buffer, brace - 1)
  if (buffer[position] !== colon) return undefined
  position = skipBlanksBack(buffer, position - 1)
  if (buffer[position] !== quote) return undefined
  let dashes = 0
  let nameEnd = 0
  for (position -= 1; isPlain[buffer[position] ?? 0] === 1; position -= 1) {
    if (buffer[position] !== dash) continue
    dashes += 1
    if (dashes === 2) nameEnd = position
  }
  if (buffer[position] !== quote || isPlain[buffer[position + 1] ?? 0] !== 1) return undefined
  return { start: position, length: nameEnd === 0 ? 0 : nameEnd - position - 1 }
}

function isFirstKey(buffer: Buffer, key: PlainKey, brace: number): boolean {
  return skipBlanksBack(buffer, key.start - 1) === brace
}

/** Behind the record that the key follows, if exactly the open braces are closed before the key. */
function recordEnd(
  buffer: Buffer,
  { start, length }: PlainKey,
  { last, depth }: { readonly last: number; readonly depth: number },
): number | undefined {
  if (length === 0) return undefined
  let position = skipBlanksBack(buffer, start - 1)
  if (buffer[position] !== comma) return undefined
  position = skipBlanksBack(buffer, position - 1)
  const end = position + 1
  let closed = 0
  while (buffer[position] === closeBrace && position > last) {
    closed += 1
    position = skipBlanksBack(buffer, position - 1)
  }
  return closed === depth ? end : undefined
}

function skipBlanksBack(buffer: Buffer, at: number): number {
  let position = at
  while (isBlank(buffer[position])) position -= 1
  return position
}

/** 1 for the bytes that file names of packages consist of. */
const isPlain = new Uint8Array(256)
for (const character of 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.!+-') {
  isPlain[character.charCodeAt(0)] = 1
}

function isSameName(
  buffer: Buffer,
  left: Pick<PlainKey, 'start' | 'length'>,
  right: Pick<PlainKey, 'start' | 'length'>,
): boolean {
  if (left.length !== right.length) return false
  // Names that differ mostly do so at their end.
  for (let at = left.length; at > 0; at -= 1) {
    if (buffer[left.start + at] !== buffer[right.start + at]) return false
  }
  return true
}
