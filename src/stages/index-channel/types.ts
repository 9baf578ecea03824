/** An indexed channel. */
import type { IndexedRecord } from '../../conda/index.js'
import type { PackageFacts } from './package-facts.js'

/** A record with the file it is about. */
export interface ListedFile extends IndexedRecord {
  readonly fn: string
  /** Only when they were asked for. */
  readonly facts?: PackageFacts
}

/** A package file that is not in the index, and why. */
export interface QuarantinedFile {
  readonly fn: string
  readonly reason: string
}

export interface SubdirIndex {
  readonly subdir: string
  readonly records: number
  /** Whether repodata.json got a new content. */
  readonly isChanged: boolean
  readonly quarantined: readonly QuarantinedFile[]
}

/** Output of index-channel. */
export interface ChannelIndex {
  /** Absolute. */
  readonly directory: string
  /** `noarch` first, then by name. */
  readonly subdirs: readonly SubdirIndex[]
}
