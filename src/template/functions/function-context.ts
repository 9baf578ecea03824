/** What template functions may ask of the world; every effect is an injected, synchronous function. */
import type { Json } from '../../text/index.js'
import type { Value } from '../value.js'

/** A file that `load_from_file` read. */
export interface LoadedFile {
  /** Parsed data for .yaml, .yml, .json and .toml, else the text. */
  readonly value: Json
  readonly path: string
  readonly sha256: string
}

/**
 * Lookups in a git repository; `source` is a path relative to the recipe or a URL. They throw with git's own
 * message.
 */
export interface GitLookups {
  readonly headRev: (source: string) => string
  readonly latestTag: (source: string) => string
  readonly latestTagRev: (source: string) => string
  readonly latestTagDistance: (source: string) => number
}

/** The outside world as templates see it. Absent members are refused with a clear error. */
export interface TemplateEffects {
  readonly env?: (name: string) => string | undefined
  readonly git?: GitLookups
  readonly loadFromFile?: (path: string) => LoadedFile
}

/** One effect that a function had, for `explain`. */
export type EffectRead =
  | { readonly kind: 'env'; readonly name: string; readonly value: string | undefined }
  | { readonly kind: 'file'; readonly name: string; readonly path: string; readonly sha256: string }
  | { readonly kind: 'function'; readonly name: string; readonly value: Json }

export interface FunctionContext {
  /** The variant's value of a key (normalised by the reader); recorded as a read. */
  readonly readVariant: (key: string) => Value | undefined
  readonly targetPlatform: string
  readonly hostPlatform: string
  readonly experimental: boolean
  readonly effects: TemplateEffects
  readonly onEffect?: (read: EffectRead) => void
}

/** A row of the registry. */
export interface TemplateFunction {
  readonly name: string
  /** How to call it, for docs/recipe.md. */
  readonly signature: string
  readonly doc: string
  readonly experimental?: true
  readonly create: (context: FunctionContext) => Value
}
