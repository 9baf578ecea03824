/** Which packages go into the build and host prefixes, and what the package will depend on. */
import type { PackageRecord } from '../../conda/index.js'
import type { Variant } from '../../recipe/index.js'
import type { Json } from '../../text/index.js'
import type { BuildPlan } from '../plan-builds/index.js'

/** A record together with where its archive is; what a channel offers. */
export interface ChannelRecord extends PackageRecord {
  /** File name of the archive. */
  readonly fn: string
  /** URL of the archive (`file:` for local channels). */
  readonly url: string
  /** URL of the channel, with a trailing slash. */
  readonly channel: string
}

/** One requirement and where it came from; the JSON of `finalized_dependencies` (spec: environment.md A.6). */
export type ResolvedDependency =
  | { readonly source: string }
  | { readonly variant: string; readonly spec: string }
  | {
      readonly pin_subpackage: string
      readonly lower_bound?: string
      readonly upper_bound?: string
      readonly exact?: true
      readonly build?: string
      readonly spec: string
    }
  | {
      readonly pin_compatible: string
      readonly lower_bound?: string
      readonly upper_bound?: string
      readonly exact?: true
      readonly build?: string
      readonly spec: string
    }
  | { readonly spec: string; readonly from: 'build' | 'host'; readonly run_export: string }

export interface SolvedEnvironment {
  readonly specs: readonly ResolvedDependency[]
  /** Dependencies first. */
  readonly resolved: readonly ChannelRecord[]
}

export interface RunExports {
  readonly weak?: readonly string[]
  readonly strong?: readonly string[]
  readonly noarch?: readonly string[]
  readonly weak_constrains?: readonly string[]
  readonly strong_constrains?: readonly string[]
}

export interface RunDependencies {
  readonly depends: readonly ResolvedDependency[]
  readonly constraints: readonly ResolvedDependency[]
  readonly run_exports?: RunExports
  /** Optional dependencies by group (CEP 45). */
  readonly extra_depends?: { readonly [group: string]: readonly ResolvedDependency[] }
}

/** `undefined` environments have no specs at all. */
export interface SolvedEnvironments {
  readonly build: SolvedEnvironment | undefined
  readonly host: SolvedEnvironment | undefined
  readonly run: RunDependencies
}

/** Output of solve-environments. */
export interface SolvedPlan extends BuildPlan {
  readonly environments: SolvedEnvironments
  /** Absent when the output inherits from no staging output. */
  readonly staging?: StagingInputs
}

/** What the staging output of an output was built with. */
export interface StagingInputs {
  readonly environments: SolvedEnvironments
  /** As they were used: commits in place of branches. */
  readonly sources: readonly { readonly [key: string]: Json }[]
  /** Keys that all outputs use that inherit from it. */
  readonly variant: Variant
}
