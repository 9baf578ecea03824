/** Draws the lines around a span with a marker under it, the way compilers do. */
import { positionAt, type SourceText, type Span } from './span.js'

/**
 * A frame of up to one line before the span, its first line and the marker line.
 * Plain ASCII, no trailing newline; a span over several lines is marked to the end of its first one. Of lines that no
 * screen can show, such as a file of one line, only what stands around the marker is shown.
 * @param label text behind the marker, for example a "did you mean"
 */
export function codeFrame(source: SourceText, span: Span, label = ''): string {
  const { line, column } = positionAt(source.text, span.start)
  const lineStart = span.start - column + 1
  const whole = lineFrom(source.text, lineStart)
  const { text: marked, moved } = cutAround(whole, column)
  const width = markerWidth(span, marked, column - moved)
  const gutter = String(line).length
  const rows = [`${' '.repeat(gutter + 2)}--> ${span.file}:${line}:${column}`, row('', gutter, '')]
  const previous = line > 1 ? lineFrom(source.text, source.text.lastIndexOf('\n', lineStart - 2) + 1) : ''
  if (previous.trim()) rows.push(row(String(line - 1), gutter, cutAround(previous, 1).text))
  rows.push(row(String(line), gutter, marked))
  rows.push(row('', gutter, `${indentLike(marked, column - moved - 1)}${'^'.repeat(width)} ${label}`))
  return rows.join('\n')
}

function lineFrom(text: string, start: number): string {
  const end = text.indexOf('\n', start)
  return text.slice(start, end === -1 ? text.length : end).replace(/\r$/, '')
}

const widest = 200

/** A part of a long line, three dots in place of what is left out; `moved` is how far to the left its text went. */
function cutAround(line: string, column: number): { readonly text: string; readonly moved: number } {
  if (line.length <= widest) return { text: line, moved: 0 }
  const start = column < widest / 2 ? 0 : column - widest / 4
  const dots = start > 0 ? '...' : ''
  const end = start + widest
  return {
    text: `${dots}${line.slice(start, end)}${end < line.length ? '...' : ''}`,
    moved: start - dots.length,
  }
}

function markerWidth(span: Span, marked: string, column: number): number {
  const available = Math.max(1, marked.length - column + 1)
  return Math.min(Math.max(1, span.end - span.start), available)
}

function row(number: string, gutter: number, text: string): string {
  return ` ${number.padStart(gutter)} | ${text}`.trimEnd()
}

/** Keeps tabs, so that the marker stands under its text whatever the tab width is. */
function indentLike(text: string, length: number): string {
  return text.slice(0, length).replace(/[^\t]/g, ' ').padEnd(length)
}
