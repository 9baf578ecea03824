/** Draws the lines around a span with a marker under it, the way compilers do. */
import { positionAt, type SourceText, type Span } from './span.js'

/**
 * A frame of up to one line before the span, its first line and the marker line.
 * Plain ASCII, no trailing newline; a span over several lines is marked to the end of its first one.
 * @param label text behind the marker, for example a "did you mean"
 */
export function codeFrame(source: SourceText, span: Span, label = ''): string {
  const { line, column } = positionAt(source.text, span.start)
  const lineStart = span.start - column + 1
  const marked = lineFrom(source.text, lineStart)
  const width = markerWidth(span, marked, column)
  const gutter = String(line).length
  const rows = [`${' '.repeat(gutter + 2)}--> ${span.file}:${line}:${column}`, row('', gutter, '')]
  const previous = line > 1 ? lineFrom(source.text, source.text.lastIndexOf('\n', lineStart - 2) + 1) : ''
  if (previous.trim()) rows.push(row(String(line - 1), gutter, previous))
  rows.push(row(String(line), gutter, marked))
  rows.push(row('', gutter, `${indentLike(marked, column - 1)}${'^'.repeat(width)} ${label}`))
  return rows.join('\n')
}

function lineFrom(text: string, start: number): string {
  const end = text.indexOf('\n', start)
  return text.slice(start, end === -1 ? text.length : end).replace(/\r$/, '')
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
