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
  const starts = lineStartsOf(text)
  const at = Math.min(offset, text.length)
  let low = 0
  let high = starts.length
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if ((starts[middle] ?? 0) <= at) low = middle
    else high = middle
  }
  return { line: low + 1, column: at - (starts[low] ?? 0) + 1 }
}

/** `file:line:column` of the start of a span. */
export function formatLocation(span: Span, text: string): string {
  const { line, column } = positionAt(text, span.start)
  return `${span.file}:${line}:${column}`
}

/** Mistakes come in hundreds for one file: its lines are found once. */
let remembered: { readonly text: string; readonly starts: readonly number[] } = { text: '', starts: [0] }

function lineStartsOf(text: string): readonly number[] {
  if (remembered.text === text) return remembered.starts
  const starts = [0]
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  remembered = { text, starts }
  return starts
}
