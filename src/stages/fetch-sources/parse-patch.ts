/** Reads patch files: unified diffs and git's dialect of them. */
import type { StructuredPatch } from 'diff'
import type { Hunk } from './hunk.js'

/** What a patch does to one file; names as they stand in the patch, `undefined` for `/dev/null`. */
export interface FilePatch {
  readonly oldName: string | undefined
  readonly newName: string | undefined
  readonly hunks: readonly Hunk[]
  readonly isBinary: boolean
  /** From `new mode` and `new file mode`, for example `100755`. */
  readonly newMode: string | undefined
}

/**
 * All files of a patch. The text is read as Latin-1, one character a byte, so that content in any encoding survives.
 * @throws Error with the parser's message for something that is no patch
 */
export async function parsePatchFile(bytes: Uint8Array): Promise<readonly FilePatch[]> {
  const { parsePatch } = await import('diff')
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
  const normal = hasWindowsHeaders(text) ? text.replaceAll('\r\n', '\n') : text
  let files: StructuredPatch[]
  try {
    files = parsePatch(normal)
  } catch {
    // Patches edited by hand often have wrong counts in their headers; the lines themselves are right.
    files = parsePatch(recountHunks(normal))
  }
  const isBinary = /^GIT binary patch/m.test(normal)
  return files.map((file) => toFilePatch(file, isBinary)).filter((file) => !isEmpty(file))
}

function hasWindowsHeaders(text: string): boolean {
  return /^@@ -[^\n]*@@[^\n]*\r\n/m.test(text) && /^\+\+\+ [^\n]*\r\n/m.test(text)
}

function toFilePatch(file: StructuredPatch, hasBinary: boolean): FilePatch {
  return {
    oldName: cleanName(file.oldFileName, file.isCreate || isEpoch(file.oldHeader)),
    newName: cleanName(file.newFileName, file.isDelete || isEpoch(file.newHeader)),
    hunks: file.hunks,
    isBinary: (file.isBinary ?? false) || (hasBinary && file.hunks.length === 0),
    newMode: file.newMode,
  }
}

/** `diff -N` gives files that are not there the time at which time began. */
function isEpoch(header: string | undefined): boolean {
  return header !== undefined && /^19(?:70-01-01|69-12-31) /.test(header) && Date.parse(header) === 0
}

function cleanName(name: string | undefined, isAbsent: boolean | undefined): string | undefined {
  if (name === undefined || name === '/dev/null' || isAbsent) return undefined
  // Names with a time behind a tab, as `diff -u` writes them, are cut by the parser.
  if (/[^\x00-\xff]/.test(name)) return name
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(name, 'latin1'))
  } catch {
    // Names in quotes are decoded by the parser already.
    return name
  }
}

function isEmpty(file: FilePatch): boolean {
  const isRename = file.oldName !== file.newName && file.oldName !== undefined && file.newName !== undefined
  return (
    file.hunks.length === 0 && !file.isBinary && file.newMode === undefined && !isRename && !isEmptyFile(file)
  )
}

/** git records new and removed empty files without any hunk. */
function isEmptyFile(file: FilePatch): boolean {
  return (file.oldName === undefined) !== (file.newName === undefined)
}

/** Writes the counts that the lines of each hunk really have into its header. */
export function recountHunks(text: string): string {
  const lines = text.split('\n')
  const result: string[] = []
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? ''
    const header = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@(.*)$/.exec(line)
    if (!header) {
      result.push(line)
      continue
    }
    const body = hunkBody(lines, at + 1)
    const count = (sign: string) => body.filter((item) => item[0] !== sign && item[0] !== '\\').length
    result.push(`@@ -${header[1]},${count('+')} +${header[2]},${count('-')} @@${header[3]}`, ...body)
    at += body.length
  }
  return result.join('\n')
}

function hunkBody(lines: readonly string[], start: number): string[] {
  const body: string[] = []
  for (let at = start; at < lines.length; at++) {
    const line = lines[at] ?? ''
    const isFileHeader = line.startsWith('--- ') && (lines[at + 1] ?? '').startsWith('+++ ')
    // `-- ` is the signature at the end of mails; a last empty line is the end of the file.
    if (isFileHeader || line === '-- ' || (line === '' && at === lines.length - 1)) break
    if (line !== '' && !/^[ +\-\\]/.test(line)) break
    body.push(line === '' ? ' ' : line)
  }
  return body
}
