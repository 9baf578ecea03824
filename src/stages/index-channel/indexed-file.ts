/**
 * Decides what all forms of the index say about one file. It is text that is ready for them: what did not change since the
 * last time is neither parsed nor rendered again, however many packages there are.
 */
import type { PackageRecord } from '../../conda/index.js'
import type { PackageFacts } from './package-facts.js'
import type { ListedFile } from './types.js'

export interface IndexedFile {
  readonly fn: string
  /** Of the package. */
  readonly name: string
  /** Milliseconds. */
  readonly timestamp: number | undefined
  readonly revision: 3 | undefined
  /** JSON of the record. */
  readonly record: string
  /** JSON; `{}` when it has none. */
  readonly runExports: string
  /** JSON of its `PackageFacts`; undefined when nobody asked for them. */
  readonly facts: string | undefined
}

export function toIndexedFile({ fn, record, revision, facts }: ListedFile): IndexedFile {
  const { name, timestamp, run_exports: runExports = {} } = record
  return {
    fn,
    name,
    // Whatever the author of the package wrote there.
    timestamp: Number.isFinite(timestamp) ? timestamp : undefined,
    revision,
    record: JSON.stringify(record),
    runExports: JSON.stringify(runExports),
    facts: facts && JSON.stringify(facts),
  }
}

export function toListedFile({ fn, record, revision, facts }: IndexedFile): ListedFile {
  return {
    fn,
    record: JSON.parse(record) as PackageRecord,
    ...(revision && { revision }),
    ...(facts !== undefined && { facts: JSON.parse(facts) as PackageFacts }),
  }
}
