/** The difference of two texts as people know it from `diff -u`. */
import { commonItems } from './common-items.js'

/** Lines that are shown around a change. */
const contextLines = 3

/** Hunks without the two lines of file names; empty for equal texts. A missing newline at the end is told as `diff` does. */
export function unifiedDiff(before: string, after: string): readonly string[] {
  const edits = listEdits(splitLines(before), splitLines(after))
  return groupHunks(edits).flatMap(({ start, end }) => formatHunk(edits, start, end))
}

/** One line of the combined text; numbers count from 0 and say how many lines of each side come before it. */
interface Edit {
  readonly sign: ' ' | '-' | '+'
  readonly line: string
  readonly left: number
  readonly right: number
}

const noNewline = '\n\\ No newline at end of file'

function splitLines(text: string): readonly string[] {
  if (text === '') return []
  const lines = text.split('\n')
  const last = lines.pop() ?? ''
  return last === '' ? lines : [...lines, `${last}${noNewline}`]
}

function listEdits(before: readonly string[], after: readonly string[]): readonly Edit[] {
  const edits: Edit[] = []
  let [left, right] = [0, 0]
  for (const next of [...commonItems(before, after), { left: before.length, right: after.length }]) {
    for (; left < next.left; left++) edits.push({ sign: '-', line: before[left] ?? '', left, right })
    for (; right < next.right; right++) edits.push({ sign: '+', line: after[right] ?? '', left, right })
    if (left < before.length)
      edits.push({ sign: ' ', line: before[left] ?? '', left: left++, right: right++ })
  }
  return edits
}

interface Hunk {
  readonly start: number
  /** Not included. */
  readonly end: number
}

function groupHunks(edits: readonly Edit[]): readonly Hunk[] {
  const hunks: { start: number; end: number }[] = []
  edits.forEach(({ sign }, at) => {
    if (sign === ' ') return
    const start = Math.max(0, at - contextLines)
    const end = Math.min(edits.length, at + contextLines + 1)
    const last = hunks.at(-1)
    if (last !== undefined && start <= last.end) last.end = end
    else hunks.push({ start, end })
  })
  return hunks
}

function formatHunk(edits: readonly Edit[], start: number, end: number): readonly string[] {
  const part = edits.slice(start, end)
  const [first] = part
  const lefts = part.filter(({ sign }) => sign !== '+').length
  const rights = part.filter(({ sign }) => sign !== '-').length
  const header = `@@ -${formatRange(first?.left ?? 0, lefts)} +${formatRange(first?.right ?? 0, rights)} @@`
  return [header, ...part.flatMap(({ sign, line }) => `${sign}${line}`.split('\n'))]
}

/** An empty range is named by the line before it. */
function formatRange(before: number, count: number): string {
  if (count === 0) return `${before},0`
  return count === 1 ? `${before + 1}` : `${before + 1},${count}`
}
