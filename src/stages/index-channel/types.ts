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
  /** File name. */
  readonly fn: string
  readonly reason: string
}

/** What was indexed of one subdir. */
export interface SubdirIndex {
  readonly subdir: string
  /** How many packages its index lists. */
  readonly records: number
  /** Whether repodata.json got a new content. */
  readonly isChanged: boolean
  /** Files that were left out, because they cannot be read. */
  readonly quarantined: readonly QuarantinedFile[]
}

/** Output of index-channel. */
export interface ChannelIndex {
  /** Absolute. */
  readonly directory: string
  /** `noarch` first, then by name. */
  readonly subdirs: readonly SubdirIndex[]
}

/** `krait channel index --json` */
export interface ChannelIndexing {
  /** Its directory, absolute. */
  readonly channel: string
  /** `noarch` first, then by name. */
  readonly subdirs: readonly SubdirIndex[]
}
