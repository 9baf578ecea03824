/** Finds the place of a hunk in a file and applies it (spec: build.md 7.7). */

/** One line; `eol` is empty only for a last line without one. */
export interface Line {
  readonly text: string
  readonly eol: string
}

/** A hunk as it stands in a patch; lines begin with ` `, `+`, `-` or `\`. */
export interface Hunk {
  readonly oldStart: number
  readonly lines: readonly string[]
}

/** How exactly the lines around a hunk had to agree; later ones are less exact. */
export type Agreement = 'exact' | 'line-endings' | 'whitespace' | 'fuzz 1' | 'fuzz 2'

export interface Placement {
  /** Index of the first line it replaces. */
  readonly at: number
  readonly agreement: Agreement
}

/** Lines of a text with their own line ends; an empty text has none. */
export function splitLines(text: string): Line[] {
  const lines: Line[] = []
  for (const match of text.matchAll(/([^\n]*?)(\r?\n|$)/g)) {
    const [whole, content = '', eol = ''] = match
    if (whole !== '') lines.push({ text: content, eol })
  }
  return lines
}

/** The text again. */
export function joinLines(lines: readonly Line[]): string {
  return lines.map(({ text, eol }) => text + eol).join('')
}

export interface Search {
  /** Where the hunk is expected, from the header and the hunks before it. */
  readonly expected: number
  /** Lines before this one belong to earlier hunks. */
  readonly from: number
  readonly agreements: readonly Agreement[]
  readonly side?: 'old' | 'new'
}

/** The nearest place where the hunk fits, most exact agreement first. */
export function placeHunk(hunk: Hunk, lines: readonly Line[], search: Search): Placement | undefined {
  const side = sideOf(hunk, search.side ?? 'old')
  for (const agreement of search.agreements) {
    const reduced = reduceContext(hunk, side, fuzzOf(agreement))
    if (reduced === undefined) continue
    const { skip, wanted } = reduced
    const compare = comparisons[agreement]
    for (const at of nearest(search.expected + skip, search.from + skip, lines.length - wanted.length)) {
      if (wanted.every((text, index) => compare(text, lines[at + index] ?? outside))) {
        return { at: at - skip, agreement }
      }
    }
  }
  return undefined
}

/** The lines with the hunk applied. Context keeps the file's own text. */
export function applyHunk(hunk: Hunk, lines: readonly Line[], placement: Placement): Line[] {
  const eol = dominantEol(lines)
  const made: Line[] = []
  let at = placement.at
  hunk.lines.forEach((line, index) => {
    const kind = line[0] ?? ' '
    if (kind === '\\') return
    if (kind === '+') {
      const endsFile = hunk.lines[index + 1]?.startsWith('\\') ?? false
      made.push(addedLine(line.slice(1), { eol, endsFile, exact: placement.agreement === 'exact' }))
      return
    }
    const own = lines[at]
    // Lines that fuzz dropped from the context may lie outside of the file.
    if (kind !== '-' && own !== undefined && at >= 0) made.push(own)
    at += 1
  })
  const result = [...lines.slice(0, Math.max(0, placement.at)), ...made, ...lines.slice(Math.max(0, at))]
  return result.map((line, index) => (line.eol === '' && index < result.length - 1 ? { ...line, eol } : line))
}

/** Texts of one side of the hunk: context with what it removes, or with what it adds. */
export function sideOf(hunk: Hunk, side: 'old' | 'new'): string[] {
  const other = side === 'old' ? '+' : '-'
  return hunk.lines.filter((line) => line[0] !== other && line[0] !== '\\').map((line) => line.slice(1))
}

const stripCr = (text: string) => text.replace(/\r$/, '')
const squeeze = (text: string) => text.replace(/\s+/g, ' ').trim()
const sameWords = (patch: string, file: Line) => squeeze(patch) === squeeze(file.text)
const sameLine = (patch: string, file: Line) => stripCr(patch) === stripCr(file.text)

/** Behind the end of the file; no line of a patch is like it. */
const outside: Line = { text: '\0', eol: '' }

const comparisons: Record<Agreement, (patch: string, file: Line) => boolean> = {
  // The carriage return of a Windows line end is part of the line for whoever made the patch.
  exact: (patch, file) => patch === (file.eol === '\r\n' ? `${file.text}\r` : file.text),
  'line-endings': sameLine,
  whitespace: sameWords,
  'fuzz 1': sameLine,
  'fuzz 2': sameLine,
}

function fuzzOf(agreement: Agreement): number {
  return agreement === 'fuzz 1' ? 1 : agreement === 'fuzz 2' ? 2 : 0
}

interface ReducedSide {
  readonly skip: number
  readonly wanted: readonly string[]
}

/** Leaves out up to `fuzz` lines of context at both ends, but never all lines and never a change. */
function reduceContext(hunk: Hunk, side: readonly string[], fuzz: number): ReducedSide | undefined {
  if (fuzz === 0) return { skip: 0, wanted: side }
  const kinds = hunk.lines.map((line) => line[0]).filter((kind) => kind !== '\\')
  const isContext = (kind: string | undefined) => kind === ' ' || kind === undefined
  const leading = kinds.findIndex((kind) => !isContext(kind))
  const trailing = kinds.length - 1 - kinds.findLastIndex((kind) => !isContext(kind))
  const skip = Math.min(fuzz, Math.max(0, leading))
  const wanted = side.slice(skip, side.length - Math.min(fuzz, trailing))
  return wanted.length > 0 ? { skip, wanted } : undefined
}

/** Positions around `center`, the nearest first. */
function* nearest(center: number, first: number, last: number): Generator<number> {
  const start = Math.min(Math.max(center, first), last)
  if (last < first) return
  yield start
  for (let distance = 1; start - distance >= first || start + distance <= last; distance++) {
    if (start + distance <= last) yield start + distance
    if (start - distance >= first) yield start - distance
  }
}

function dominantEol(lines: readonly Line[]): string {
  const windows = lines.filter((line) => line.eol === '\r\n').length
  return windows * 2 > lines.length ? '\r\n' : '\n'
}

interface AddedLine {
  readonly eol: string
  readonly endsFile: boolean
  readonly exact: boolean
}

function addedLine(text: string, { eol, endsFile, exact }: AddedLine): Line {
  const hasCr = text.endsWith('\r')
  if (endsFile) return { text: exact ? text : stripCr(text), eol: '' }
  // An exact fit means that the line end of the patch was meant, and not the one of the file.
  return { text: stripCr(text), eol: exact ? (hasCr ? '\r\n' : '\n') : eol }
}
