/** Applies one file's part of a patch to its content, in memory. */
import {
  type Agreement,
  applyHunk,
  type Hunk,
  joinLines,
  type Line,
  placeHunk,
  sideOf,
  splitLines,
} from './hunk.js'

/** A hunk that fits nowhere, with what stands where it should have been. */
export interface FailedHunk {
  readonly kind: 'failed'
  readonly hunk: number
  readonly expected: readonly string[]
  readonly found: readonly string[]
  readonly line: number
}

export type FileOutcome =
  | { readonly kind: 'patched'; readonly text: string; readonly notes: readonly HunkNote[] }
  | { readonly kind: 'already-applied' }
  | FailedHunk

/** A hunk that did not fit exactly where it said. */
export interface HunkNote {
  readonly hunk: number
  readonly line: number
  readonly offset: number
  readonly agreement: Agreement
}

/**
 * All hunks in order; when one does not fit, whether all of them are in the file already.
 * @param isStrict takes neither other blanks nor other context than the patch has
 */
export function patchFile(text: string, hunks: readonly Hunk[], isStrict = false): FileOutcome {
  const lines = splitLines(text)
  const sure: readonly Agreement[] = ['exact', 'line-endings']
  const strict = applyAll(lines, hunks, isStrict ? sure : [...sure, 'whitespace'])
  if (strict.kind === 'patched') return strict
  if (isApplied(lines, hunks)) return { kind: 'already-applied' }
  if (isStrict) return strict
  const loose = applyAll(lines, hunks, ['exact', 'line-endings', 'whitespace', 'fuzz 1', 'fuzz 2'])
  return loose.kind === 'patched' ? loose : strict
}

function applyAll(
  original: readonly Line[],
  hunks: readonly Hunk[],
  agreements: readonly Agreement[],
): FileOutcome {
  let lines = original
  let shift = 0
  let from = 0
  const notes: HunkNote[] = []
  for (const [index, hunk] of hunks.entries()) {
    const old = sideOf(hunk, 'old')
    // A hunk without old lines stands behind the line it names, all others at it.
    const stated = old.length === 0 ? hunk.oldStart : Math.max(0, hunk.oldStart - 1)
    const expected = stated + shift
    const placement = placeHunk(hunk, lines, { expected, from, agreements })
    if (placement === undefined) return failure(index, old, { lines, expected })
    const offset = placement.at - expected
    if (offset !== 0 || placement.agreement !== 'exact')
      notes.push({ hunk: index + 1, line: placement.at + 1, offset, agreement: placement.agreement })
    lines = applyHunk(hunk, lines, placement)
    const added = sideOf(hunk, 'new').length
    shift += added - old.length + offset
    from = placement.at + added
  }
  return { kind: 'patched', text: joinLines(lines), notes }
}

function isApplied(lines: readonly Line[], hunks: readonly Hunk[]): boolean {
  let from = 0
  let shift = 0
  for (const hunk of hunks) {
    const wanted = sideOf(hunk, 'new')
    if (wanted.length === 0) return false
    const expected = Math.max(0, hunk.oldStart - 1) + shift
    const placement = placeHunk(hunk, lines, {
      expected,
      from,
      agreements: ['exact', 'line-endings'],
      side: 'new',
    })
    if (placement === undefined) return false
    from = placement.at + wanted.length
    shift += wanted.length - sideOf(hunk, 'old').length
  }
  return hunks.length > 0
}

function failure(
  index: number,
  expected: readonly string[],
  place: { readonly lines: readonly Line[]; readonly expected: number },
): FileOutcome {
  const found = place.lines.slice(place.expected, place.expected + expected.length).map((line) => line.text)
  return { kind: 'failed', hunk: index + 1, expected, found, line: place.expected + 1 }
}
