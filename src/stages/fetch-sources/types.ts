/** Sources in the work directory. */

import type { RenderedSource } from '../../recipe/index.js'
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

/** What fetching looks at of a plan. */
export type SourcePlan = Pick<InstalledPlan, 'id' | 'recipePath' | 'directories'>

/** Sources to place, for a build or for comparing it with what it began with. */
export interface SourceRequest extends SourcePlan {
  readonly requests: readonly RenderedSource[]
}

export interface PlacedSources {
  readonly sources: readonly FetchedSource[]
  /** Name of the source (`sourceName`) by path in the work directory. */
  readonly owners: ReadonlyMap<string, string>
}

/** Output of fetch-sources. */
export interface SourcedPlan extends InstalledPlan {
  readonly sources: readonly FetchedSource[]
}

export interface FetchSourcesOptions {
  /** Absolute; archives are kept below `sources/`. */
  readonly cacheDirectory: string
  /** Patches that fit only loosely are errors. */
  readonly strictPatches?: boolean | undefined
  /** Take sources whose attestation nobody verified; the checksum counts all the same. */
  readonly skipAttestation?: boolean | undefined
}
