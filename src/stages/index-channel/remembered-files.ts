/** Keeps what the files of a subdir contain from one indexing to the next, in `<subdir>/.cache/` (spec: package.md 7.3). */
import path from 'node:path'
import type { StageContext } from '../../system/index.js'
import type { IndexedFile } from './indexed-file.js'
import { columnsOf, readLines, toLine, writeLines } from './remembered-lines.js'

/** What is remembered about a file: what the index says of it, or why that is nothing. */
export interface RememberedFile {
  readonly fn: string
  /** Of the file that was read. */
  readonly stamp: string
  readonly content: IndexedFile | { readonly problem: string }
  /** All that, as it is written. */
  readonly line: string
}

/** All files of a subdir as they were when they were looked at last. */
export interface RememberedFiles {
  /** Of them all (`SubdirChanges`); empty when nothing is remembered. */
  readonly state: string
  /** By file name. */
  readonly files: ReadonlyMap<string, RememberedFile>
}

export const nothingRemembered: RememberedFiles = { state: '', files: new Map() }

/** With the name of the subdir: a directory may get another one, and what is in it is then in the wrong place. */
const formatOf = (directory: string) => `krait files 8 of ${path.basename(directory)}`
const linesPath = (directory: string) => path.join(directory, '.cache', 'files')

export async function readRemembered(directory: string, context: StageContext): Promise<RememberedFiles> {
  const [state, ...lines] = await readLines(linesPath(directory), formatOf(directory), context)
  if (state === undefined) return nothingRemembered
  const files = lines.map(fromLine)
  return { state, files: new Map(files.map((file) => [file.fn, file])) }
}

export async function writeRemembered(
  directory: string,
  { state, files }: { readonly state: string; readonly files: readonly RememberedFile[] },
  context: StageContext,
): Promise<void> {
  const lines = [state, ...files.map(({ line }) => line)]
  await writeLines(linesPath(directory), { format: formatOf(directory), lines }, context)
}

/** JSON has no raw tabs and line breaks, and neither has the name of a package file. */
export function rememberFile(file: Omit<RememberedFile, 'line'>): RememberedFile {
  const { fn, stamp, content } = file
  if ('problem' in content) return { ...file, line: toLine(fn, stamp, JSON.stringify(content.problem)) }
  const { name, timestamp = '', revision = '', record, runExports, facts = '' } = content
  const line = toLine(fn, stamp, '', name, `${timestamp}`, `${revision}`, record, runExports, facts)
  return { ...file, line }
}

function fromLine(line: string): RememberedFile {
  const [fn = '', stamp = '', problem = '', name = '', ...rest] = columnsOf(line)
  if (problem !== '') return { fn, stamp, content: { problem: JSON.parse(problem) as string }, line }
  const [timestamp, revision, record = '', runExports = '', facts] = rest
  const content = {
    fn,
    name,
    timestamp: timestamp ? Number(timestamp) : undefined,
    revision: revision ? (3 as const) : undefined,
    record,
    runExports,
    facts: facts || undefined,
  }
  return { fn, stamp, content, line }
}
