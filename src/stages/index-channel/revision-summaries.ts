/** `info.repodata_revisions`: how many records there are of each revision, and from when to when (spec: package.md 7.2). */
import type { ListedFile } from './types.js'

export type RevisionSummaries = Readonly<{ v0?: RevisionSummary; v3?: RevisionSummary }>

interface RevisionSummary {
  readonly n_packages: number
  /** Milliseconds. */
  readonly oldest?: number
  readonly newest?: number
}

export function summarizeRevisions(files: readonly ListedFile[]): RevisionSummaries {
  return addRevisions(
    files.map(({ revision, record: { timestamp } }) => {
      // Whatever the author of the package wrote there.
      const times = Number.isFinite(timestamp) ? { oldest: timestamp, newest: timestamp } : {}
      return { [revision ? 'v3' : 'v0']: { n_packages: 1, ...times } }
    }),
  )
}

/** Of all together. */
export function addRevisions(parts: readonly RevisionSummaries[]): RevisionSummaries {
  const plain = parts.flatMap(({ v0 }) => v0 ?? [])
  const revised = parts.flatMap(({ v3 }) => v3 ?? [])
  return { ...(plain.length > 0 && { v0: add(plain) }), ...(revised.length > 0 && { v3: add(revised) }) }
}

function add(parts: readonly RevisionSummary[]): RevisionSummary {
  let [count, oldest, newest] = [0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const part of parts) {
    count += part.n_packages
    oldest = Math.min(oldest, part.oldest ?? oldest)
    newest = Math.max(newest, part.newest ?? newest)
  }
  return { n_packages: count, ...(oldest <= newest && { oldest, newest }) }
}
