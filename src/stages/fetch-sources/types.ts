/** Sources in the work directory. */
import type { Json } from '../../text/index.js'
import type { InstalledPlan } from '../install-prefixes/index.js'

/** One source as it was really used: the request with resolved commit and checksums. */
export interface FetchedSource {
  /** The rendered entry, with `rev` of git sources resolved to the commit. */
  readonly source: { readonly [key: string]: Json }
  /** Hash over everything that reached the work directory for this entry, for the build record. */
  readonly sha256: string
  readonly files: number
}

/** Output of fetch-sources. */
export interface SourcedPlan extends InstalledPlan {
  readonly sources: readonly FetchedSource[]
}
