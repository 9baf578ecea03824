/** Decides where in the file a part of a scalar's text stands. */
import type { SourceText, Span, YamlScalar } from '../text/index.js'

/**
 * The place of the text range `start`..`end` of a scalar. Exact for plain and quoted scalars written without
 * escapes
 * and for literal blocks; the whole scalar otherwise.
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

function offsetOf(scalar: YamlScalar, text: string, at: number): number | undefined {
  const { start, end } = scalar.span
  if (scalar.style === 'block') return offsetInBlock(scalar, text, at)
  const inset = scalar.style === 'quoted' ? 1 : 0
  // A byte order mark is replaced by one blank while parsing, so offsets agree.
  const written = text.slice(start + inset, end - inset)
  return written === scalar.text ? start + inset + at : undefined
}

/** Lines of a literal block are the file's lines without their indentation. */
function offsetInBlock(scalar: YamlScalar, text: string, at: number): number | undefined {
  const header = text.slice(scalar.span.start, scalar.span.end)
  if (!header.startsWith('|')) return undefined
  const before = scalar.text.slice(0, at)
  const lineIndex = before.split('\n').length - 1
  const column = at - (before.lastIndexOf('\n') + 1)
  const wanted = scalar.text.split('\n')[lineIndex] ?? ''
  let lineStart = text.indexOf('\n', scalar.span.start) + 1
  for (let index = 0; index < lineIndex; index++) lineStart = text.indexOf('\n', lineStart) + 1
  const line = text.slice(
    lineStart,
    text.indexOf('\n', lineStart) === -1 ? undefined : text.indexOf('\n', lineStart),
  )
  const inset = line.replace(/\r$/, '').length - wanted.length
  return inset >= 0 && line.startsWith(wanted, inset) ? lineStart + inset + column : undefined
}
