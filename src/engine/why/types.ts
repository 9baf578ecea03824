/** What is said about a package that got into an environment. */
import type { ChannelRecord } from '../../stages/solve-environments/index.js'

export const environmentNames = ['build', 'host', 'run', 'test'] as const
export type EnvironmentName = (typeof environmentNames)[number]

/** A spec of the recipe, and what it was written as or came from. */
export interface RootSpec {
  readonly spec: string
  /** `file:line:column`, when it is in the recipe. */
  readonly place?: string
  /** `variant python`, `run export of gcc`; absent for what is written as it is. */
  readonly origin?: string
}

/** An environment whose packages are known. */
export interface KnownEnvironment {
  readonly name: EnvironmentName
  /** The staging output whose environment it is; absent for the output's own. */
  readonly staging?: string
  readonly specs: readonly RootSpec[]
  readonly records: readonly ChannelRecord[]
  /** All records of a package in the channels, newest first. */
  readonly alternatives: (name: string) => Promise<readonly ChannelRecord[]>
}

/** One step of a chain: a package, and the spec with which it needs the next one. */
export interface ChainStep {
  readonly package: string
  readonly version: string
  readonly needs?: string
}

/** From a line of the recipe to the package. */
export interface Chain {
  readonly root: RootSpec
  readonly steps: readonly ChainStep[]
}

/** A version that was not taken, and who does not accept it. */
export interface Alternative {
  readonly version: string
  readonly build: string
  readonly channel: string
  readonly rejectedBy: readonly string[]
}

/** Why a package is in an environment of an output. */
export interface Reason {
  readonly output: string
  readonly environment: EnvironmentName
  /** The staging output whose environment it is; absent for the output's own. */
  readonly staging?: string
  readonly package: {
    readonly name: string
    readonly version: string
    readonly build: string
    readonly channel: string
  }
  readonly chains: readonly Chain[]
  /** Newer versions, newest first; then it says who keeps them out. */
  readonly newer: readonly Alternative[]
  /** How many versions the channels have. */
  readonly versions: number
}
