/** What a build was given, as far as its package or its record says it. */
import type { Json } from '../../text/index.js'

export interface InputPackage {
  readonly name: string
  readonly version: string
  readonly build: string
  readonly sha256?: string
}

export interface InputSource {
  /** The path, the url or the repository. */
  readonly name: string
  readonly kind: 'path' | 'url' | 'git'
  /** Content hash, or the commit. */
  readonly identity?: string
}

export interface InputEnvironments {
  readonly build: readonly InputPackage[]
  readonly host: readonly InputPackage[]
}

/** Parts that nobody wrote down are absent. */
export interface BuildInputs {
  readonly variant: { readonly [key: string]: Json }
  /** The text of the recipe, else its checksum. */
  readonly recipe?: string
  readonly recipeSha256?: string
  /** Variables that the rendered recipe sets for its script. */
  readonly variables?: { readonly [name: string]: Json }
  readonly environments: InputEnvironments
  /** Those of the staging output, for an output that inherits from one. */
  readonly staging?: InputEnvironments
  readonly sources: readonly InputSource[]
  /** `krait 0.1.0` */
  readonly tool: string
  readonly channels: readonly string[]
  /** Seconds since the epoch. */
  readonly timestampSeconds: number
}

/** One input that differs, and that no other differing input explains. */
export interface Cause {
  readonly kind: 'variant' | 'recipe' | 'package' | 'source' | 'file' | 'tool' | 'channels' | 'timestamp'
  /** The key, the line, the package or the source. */
  readonly what: string
  readonly before?: Json
  readonly after?: Json
  /** Where it is set: `recipe.yaml:7`. */
  readonly at?: string
}

/** A package of an environment that came, went or changed. */
export interface EnvironmentChange {
  readonly environment: 'build' | 'host' | 'staging build' | 'staging host'
  readonly name: string
  /** `1.3.1 h4ab18f5_1` */
  readonly before?: string
  readonly after?: string
}
