/** Keeps what the files of a subdir contain from one indexing to the next, in `<subdir>/.cache/` (spec: package.md 7.3). */
import path from 'node:path'
import type { StageContext } from '../../system/index.js'
import { fromLine, type Page } from './page.js'
import { readLines, writeLines } from './remembered-lines.js'

/** All files of a subdir as they were when they were looked at last. */
export interface RememberedPages {
  /** Of them all (`SubdirChanges`); empty when nothing is remembered. */
  readonly state: string
  /** In the order of their file names. */
  readonly pages: readonly Page[]
}

export const nothingRemembered: RememberedPages = { state: '', pages: [] }

/** With the name of the subdir: a directory may get another one, and what is in it is then in the wrong place. */
const formatOf = (directory: string) => `krait files 10 of ${path.basename(directory)}`
const linesPath = (directory: string) => path.join(directory, '.cache', 'files')

export async function readRemembered(directory: string, context: StageContext): Promise<RememberedPages> {
  const [state, ...lines] = await readLines(linesPath(directory), formatOf(directory), context)
  return state === undefined ? nothingRemembered : { state: state.toString(), pages: lines.map(fromLine) }
}

export async function writeRemembered(
  directory: string,
  { state, pages }: RememberedPages,
  context: StageContext,
): Promise<void> {
  const lines = [state, ...pages.map(({ line }) => line)]
  await writeLines(linesPath(directory), { format: formatOf(directory), lines }, context)
}
