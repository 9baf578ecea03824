/** One output of one recipe for one variant: the result of rendering, the input of planning. */
import type { Json, Span } from '../text/index.js'
import type { RenderedRecipe } from './rendered-recipe.js'

/** A variant value keeps its type, because `3`, `"3"` and `true` hash differently. */
export type VariantValue = string | number | boolean

/** The used variant: normalised key to value. */
export interface Variant {
  readonly [key: string]: VariantValue
}

/**
 * First 7 hex digits of the hash over the variant, and the language prefix of the build string (spec:
 * render.md 8).
 */
export interface BuildHash {
  readonly hash: string
  readonly prefix?: string
}

export interface RenderedOutput {
  readonly recipe: RenderedRecipe
  readonly variant: Variant
  readonly hash: BuildHash
  /** `noarch` for noarch outputs, else the target of the call. */
  readonly targetPlatform: string
  /**
   * Name of the directory below `bld/`; the output's normalised name, except for outputs that inherit a
   * cache.
   */
  readonly directoryName: string
  /** Other outputs of the recipe that were processed before this one, spelled as written. */
  readonly subpackages: {
    readonly [name: string]: {
      readonly name: string
      readonly version: string
      readonly build_string: string
    }
  }
  readonly skip: boolean
  readonly provenance: Provenance
}

/**
 * Where the values of a rendered recipe came from. A side table: consumers see plain data, `explain` reads
 * this.
 * Keys are JSON pointers into the rendered recipe, computed after lists collapsed.
 */
export interface Provenance {
  /**
   * Spelling of numbers that JSON.stringify would not print as rattler-build does (`3.0`, integers beyond
   * 2^53), by
   * JSON pointer into the rendered recipe.
   */
  readonly numbers: ReadonlyMap<string, string>
  readonly origins: ReadonlyMap<string, Origin>
  readonly dropped: readonly Dropped[]
  /** Every expression of `skip`; the output is skipped when one of them holds. */
  readonly skips: readonly SkipExpression[]
}

export interface Origin {
  readonly span: Span
  /** The template text when the value was computed. */
  readonly template?: string
  /** Branches that were taken to get here, outermost first. */
  readonly branches: readonly Branch[]
  readonly reads: readonly Read[]
}

export interface Branch {
  readonly span: Span
  readonly selector: string
  readonly took: 'then' | 'else'
  readonly reads: readonly Read[]
}

/** An expression of `skip`, as it is written. */
export interface SkipExpression {
  readonly text: string
  readonly span: Span
  readonly holds: boolean
  readonly branches: readonly Branch[]
  readonly reads: readonly Read[]
}

/** A list item that is not in the rendered recipe, and the branch that left it out. */
export interface Dropped {
  readonly span: Span
  readonly branch: Branch
}

/** One value that a template or selector read. */
export interface Read {
  readonly name: string
  readonly value: Json | undefined
  readonly from: ReadSource
}

export type ReadSource =
  | { readonly kind: 'context'; readonly span: Span }
  | { readonly kind: 'variant'; readonly file?: string; readonly span?: Span }
  | { readonly kind: 'platform' }
  | { readonly kind: 'env' }
  | { readonly kind: 'file'; readonly path: string; readonly sha256: string }
  | { readonly kind: 'function' }
