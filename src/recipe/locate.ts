/** Decides where in the file a part of a scalar's text stands. */
import type { SourceText, Span, YamlScalar } from '../text/index.js'

/**
 * The place of the text range `start`..`end` of a scalar, whatever its style: the written form and the text are walked
 * side by side. The whole scalar when the range is unknown or the two do not agree.
 */
export function locateInScalar(
  scalar: YamlScalar,
  source: SourceText,
  range: { readonly start: number | undefined; readonly end: number | undefined },
): Span {
  const { start, end } = range
  if (start === undefined || end === undefined) return scalar.span
  const first = offsetOf(scalar, source.text, start)
  const last = offsetOf(scalar, source.text, Math.max(start, end - 1))
  if (first === undefined || last === undefined) return scalar.span
  return { file: scalar.span.file, start: first, end: Math.max(first, last + (end > start ? 1 : 0)) }
}

/** Position in the written form and in the text. */
interface Cursor {
  written: number
  read: number
}

function offsetOf(scalar: YamlScalar, text: string, at: number): number | undefined {
  const written = text.slice(0, scalar.span.end)
  const escapes = scalar.style === 'quoted' ? written.charAt(scalar.span.start) : ''
  const cursor: Cursor = { written: beginning(scalar, written), read: 0 }
  while (cursor.read < at && cursor.written < written.length) {
    const isSame = step(cursor, { written, read: scalar.text, escapes })
    if (!isSame) return undefined
  }
  if (escapes === '' || cursor.read === scalar.text.length) return cursor.written
  const skipped = skipContinuation(written, cursor.written)
  return escapes === '"' ? skipped : cursor.written
}

function beginning(scalar: YamlScalar, written: string): number {
  const { start } = scalar.span
  if (scalar.style === 'plain') return start
  if (scalar.style === 'quoted') return start + 1
  const firstLine = written.indexOf('\n', start) + 1
  return (
    firstLine + (/^[ \t\r\n]*/.exec(written.slice(firstLine))?.[0].length ?? 0) - leadingBlanks(scalar.text)
  )
}

function leadingBlanks(text: string): number {
  return /^ */.exec(text)?.[0].length ?? 0
}

interface Sides {
  readonly written: string
  readonly read: string
  /** The quote, for scalars that have one. */
  readonly escapes: string
}

/** Moves over one character, escape or run of blanks. False when the two sides differ. */
function step(cursor: Cursor, sides: Sides): boolean {
  const { written, read, escapes } = sides
  const letter = written.charAt(cursor.written)
  if (escapes === '"' && letter === '\\') return stepEscape(cursor, written)
  if (/\s/.test(letter)) return stepBlanks(cursor, sides)
  if (letter !== read.charAt(cursor.read)) return false
  cursor.written += escapes === "'" && letter === "'" ? 2 : 1
  cursor.read += 1
  return true
}

function stepEscape(cursor: Cursor, written: string): boolean {
  const behind = skipContinuation(written, cursor.written)
  if (behind !== cursor.written) {
    cursor.written = behind
    return true
  }
  const digits = { x: 2, u: 4, U: 8 }[written.charAt(cursor.written + 1)] ?? 0
  const code = Number.parseInt(written.slice(cursor.written + 2, cursor.written + 2 + digits), 16)
  cursor.read += digits === 8 && code > 0xffff ? 2 : 1
  cursor.written += 2 + digits
  return true
}

/** Behind an escaped line break and the indentation of the next line. */
function skipContinuation(written: string, at: number): number {
  const found = /^\\[ \t]*\r?\n[ \t]*/.exec(written.slice(at, at + 2000))
  return found === null ? at : at + found[0].length
}

/** Line breaks are folded and indentation is dropped, so runs of blanks correspond as wholes. */
function stepBlanks(cursor: Cursor, { written, read }: Sides): boolean {
  const run = blanksAt(written, cursor.written)
  const wanted = blanksAt(read, cursor.read)
  if (!run.includes('\n')) {
    cursor.written += 1
    cursor.read += wanted === '' ? 0 : 1
    return wanted !== ''
  }
  cursor.written += run.length
  cursor.read += wanted.length
  return true
}

function blanksAt(text: string, at: number): string {
  let end = at
  while (end < text.length && /\s/.test(text.charAt(end))) end += 1
  return text.slice(at, end)
}
