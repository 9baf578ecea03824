/** What an explanation is made of: plain data, printed by the formatter or as JSON. */
import type { LoadedRecipe, RenderedOutput, VariantValue } from '../../recipe/index.js'
import type { RenderOptions } from '../../stages/render-outputs/index.js'
import type { Json } from '../../text/index.js'
import type { SourceTexts } from '../locate-diagnostics.js'

/** An output together with everything that it was rendered from. */
export interface ExplainSubject {
  /** As `matrix` prints it. */
  readonly id: string
  readonly output: RenderedOutput
  readonly recipe: LoadedRecipe
  readonly options: RenderOptions
  readonly texts: SourceTexts
}

/** Who gave a value. `at` is `file:line:column`. */
export type ValueSource =
  | { readonly kind: 'context'; readonly at: string }
  | { readonly kind: 'variant-file'; readonly at: string }
  | { readonly kind: 'recipe'; readonly at: string }
  | { readonly kind: 'command-line'; readonly option: string }
  | { readonly kind: 'platform' }
  | { readonly kind: 'environment' }
  | { readonly kind: 'file'; readonly path: string; readonly sha256: string }
  | { readonly kind: 'function' }

/** A value that a template or a selector read; a context variable tells once where its own value came from. */
export interface ExplainedRead {
  readonly name: string
  readonly value?: Json
  readonly from: ValueSource
  readonly template?: string
  readonly reads?: readonly ExplainedRead[]
}

export interface ExplainedBranch {
  readonly selector: string
  readonly took: 'then' | 'else'
  readonly at: string
  readonly reads: readonly ExplainedRead[]
}

/** One rendered value. Without `at` it is written nowhere: `note` says who made it. */
export interface ExplainedValue {
  readonly path: string
  readonly value: Json
  /** The number as the recipe spells it, where JSON would lose that: `3.0`. */
  readonly spelling?: string
  readonly at?: string
  readonly template?: string
  readonly reads: readonly ExplainedRead[]
  readonly branches: readonly ExplainedBranch[]
  readonly note?: string
}

/** Something the recipe says that is not in the rendered recipe, and why. */
export interface ExplainedAbsence {
  /** As it is written. */
  readonly text: string
  readonly at: string
  readonly reason: string
  readonly branch?: ExplainedBranch
}

export interface ValueExplanation extends ExplainedValue {
  readonly kind: 'value'
  readonly id: string
}

/** A list or a mapping: its values one by one. */
export interface GroupExplanation {
  readonly kind: 'group'
  readonly id: string
  readonly path: string
  readonly value: Json
  readonly values: readonly ExplainedValue[]
  readonly dropped: readonly ExplainedAbsence[]
}

export interface UsedKey {
  readonly key: string
  readonly value: VariantValue
  /** Why the key counts. */
  readonly reason: string
  /** Where the value came from. */
  readonly from: ValueSource
}

export interface KeyExplanation extends UsedKey {
  readonly kind: 'variant'
  readonly id: string
  /** All values the key has in this call. */
  readonly values: readonly VariantValue[]
}

export interface HashExplanation {
  readonly kind: 'hash'
  readonly id: string
  readonly build_string: string
  /** Language versions and `--build-string-prefix`, empty when there is none. */
  readonly prefix: string
  /** First 7 hex digits of the SHA-1 of `canonical_json`. */
  readonly hash: string
  readonly number: number
  readonly canonical_json: string
  /** The recipe's own `build.string`. */
  readonly template?: { readonly text: string; readonly at: string }
  readonly keys: readonly UsedKey[]
  readonly left_out: readonly { readonly key: string; readonly reason: string }[]
}

export type Explanation = ValueExplanation | GroupExplanation | KeyExplanation | HashExplanation
