/** Where a piece of text stands: the unit every diagnostic, template and origin points with. */

/** A half-open range of UTF-16 offsets in one file. `file` is the path as the user should see it. */
export interface Span {
  readonly file: string
  readonly start: number
  readonly end: number
}

/** A text together with the name it is shown under (a path, or `<stdin>`). */
export interface SourceText {
  readonly file: string
  readonly text: string
}

/** 1-based line and column; columns count UTF-16 units, as editors do. */
export interface Position {
  readonly line: number
  readonly column: number
}

/** The position of a UTF-16 offset in `text`; offsets behind the end give the last position. */
export function positionAt(text: string, offset: number): Position {
  const before = text.slice(0, Math.min(offset, text.length))
  const lineStart = before.lastIndexOf('\n') + 1
  return { line: countLines(before), column: before.length - lineStart + 1 }
}

/** `file:line:column` of the start of a span. */
export function formatLocation(span: Span, text: string): string {
  const { line, column } = positionAt(text, span.start)
  return `${span.file}:${line}:${column}`
}

function countLines(text: string): number {
  let lines = 1
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lines += 1
  return lines
}
