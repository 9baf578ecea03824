/** What the forms of the index of a subdir are made of. */
import { groupBy } from '../../text/index.js'
import type { IndexedFile } from './indexed-file.js'
import type { SubdirChanges } from './subdir-changes.js'

/** What one form of the index of a subdir is made of. */
export interface SubdirFiles {
  readonly subdir: string
  /** Sorted by file name. */
  readonly files: readonly IndexedFile[]
  readonly changes: SubdirChanges
  readonly revisions: RevisionSummaries
}

/** `info.repodata_revisions`: how many records there are of each revision, and from when to when. */
export type RevisionSummaries = Readonly<{ v0?: RevisionSummary; v3?: RevisionSummary }>

interface RevisionSummary {
  readonly n_packages: number
  /** Milliseconds. */
  readonly oldest?: number
  readonly newest?: number
}

export function summarizeRevisions(files: readonly IndexedFile[]): RevisionSummaries {
  const revisions = groupBy(files, ({ revision }) => revision)
  const [plain, revised] = [revisions.get(undefined), revisions.get(3)]
  return { ...(plain && { v0: summarize(plain) }), ...(revised && { v3: summarize(revised) }) }
}

function summarize(files: readonly IndexedFile[]): RevisionSummary {
  let [oldest, newest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const { timestamp } of files) {
    if (timestamp === undefined) continue
    oldest = Math.min(oldest, timestamp)
    newest = Math.max(newest, timestamp)
  }
  return { n_packages: files.length, ...(oldest <= newest && { oldest, newest }) }
}

/** A JSON object with one member for each file. */
export function jsonMembers(
  files: readonly IndexedFile[],
  {
    keyOf,
    render,
  }: { readonly keyOf?: (fn: string) => string; readonly render: (file: IndexedFile) => string },
): string {
  const members = files.map((file) => `${JSON.stringify(keyOf ? keyOf(file.fn) : file.fn)}:${render(file)}`)
  return `{${members.join(',')}}`
}

/** Which of the two kinds of packages a file is. */
export function extensionOf({ fn }: IndexedFile): '.conda' | '.tar.bz2' {
  return fn.endsWith('.conda') ? '.conda' : '.tar.bz2'
}
