/** Writes what changed in one file as a part of a patch that this stage, `patch` and git all apply (spec: build.md 9.5). */

/** One side of a comparison. */
export interface DiffedFile {
  readonly content: Uint8Array
  /** Permission bits. */
  readonly mode: number
}

/** What one file adds to a patch, one character a byte. */
export interface FileDiff {
  /** `diff --git` and what follows it. */
  readonly header: string
  /** `---`, `+++` and what follows them; empty when the content is the same. */
  readonly body: string
  /** `---` and `+++` cannot say it: programs, and files that are made or removed empty. */
  readonly needsHeader: boolean
}

/**
 * The patch from one content to the other.
 * @param path relative to the top of the sources
 * @returns `binary` for content that no text patch can carry
 */
export async function diffFile(
  path: string,
  before: DiffedFile | undefined,
  after: DiffedFile | undefined,
): Promise<FileDiff | 'binary'> {
  const [old, made] = [textOf(before), textOf(after)]
  const header = gitHeader(path, before, after)
  if (old === made) return { header, body: '', needsHeader: true }
  if (isBinary(old) || isBinary(made)) return 'binary'
  const { structuredPatch } = await import('diff')
  const { hunks } = structuredPatch(path, path, old, made, '', '', { context: 3 })
  const name = Buffer.from(path, 'utf8').toString('latin1')
  // A tab ends names with blanks.
  const end = /\s/.test(name) ? '\t' : ''
  const names = [
    before ? `--- a/${name}${end}` : '--- /dev/null',
    after ? `+++ b/${name}${end}` : '+++ /dev/null',
  ]
  const body = `${names.join('\n')}\n${hunks.map(formatHunk).join('')}`
  const wasProgram = before !== undefined && gitMode(before) === '100755'
  const isProgram = after !== undefined && gitMode(after) === '100755'
  return { header, body, needsHeader: after !== undefined && wasProgram !== isProgram }
}

/** Parts of one patch. A file with a header of git takes what follows as its own, unless that has one too. */
export function joinDiffs(parts: readonly FileDiff[]): string {
  const withHeaders = parts.some(({ needsHeader }) => needsHeader)
  return parts.map(({ header, body }) => (withHeaders ? header + body : body)).join('')
}

function textOf(file: DiffedFile | undefined): string {
  if (file === undefined) return ''
  const { buffer, byteOffset, byteLength } = file.content
  return Buffer.from(buffer, byteOffset, byteLength).toString('latin1')
}

/** As git has it: a zero byte near the beginning. */
function isBinary(text: string): boolean {
  return text.slice(0, 8000).includes('\0')
}

function gitHeader(path: string, before: DiffedFile | undefined, after: DiffedFile | undefined): string {
  const name = Buffer.from(path, 'utf8').toString('latin1')
  const top = `diff --git a/${name} b/${name}\n`
  const [old, made] = [before && gitMode(before), after && gitMode(after)]
  if (old === undefined) return `${top}new file mode ${made}\n`
  if (made === undefined) return `${top}deleted file mode ${old}\n`
  return old === made ? top : `${top}old mode ${old}\nnew mode ${made}\n`
}

function gitMode({ mode }: DiffedFile): string {
  return (mode & 0o100) === 0 ? '100644' : '100755'
}

interface DiffHunk {
  readonly oldStart: number
  readonly oldLines: number
  readonly newStart: number
  readonly newLines: number
  readonly lines: readonly string[]
}

function formatHunk({ oldStart, oldLines, newStart, newLines, lines }: DiffHunk): string {
  // A side without lines is counted from the line before it.
  const old = `${oldLines === 0 ? oldStart - 1 : oldStart},${oldLines}`
  const made = `${newLines === 0 ? newStart - 1 : newStart},${newLines}`
  return `@@ -${old} +${made} @@\n${lines.join('\n')}\n`
}
