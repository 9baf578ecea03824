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
  /** Of a context variable, a variant key or a function. */
  readonly name: string
  readonly value?: Json
  readonly from: ValueSource
  /** What it is made with, when it is made of others. */
  readonly template?: string
  readonly reads?: readonly ExplainedRead[]
}

/** An `if` around a value, and which way it went. */
export interface ExplainedBranch {
  /** What stands behind `if:`. */
  readonly selector: string
  readonly took: 'then' | 'else'
  /** `file:line:column` */
  readonly at: string
  readonly reads: readonly ExplainedRead[]
}

/** One rendered value. Without `at` it is written nowhere: `note` says who made it. */
export interface ExplainedValue {
  /** `requirements.run[0]` */
  readonly path: string
  readonly value: Json
  /** The number as the recipe spells it, where JSON would lose that: `3.0`. */
  readonly spelling?: string
  /** `file:line:column` */
  readonly at?: string
  /** As the recipe has it, when it is more than the value. */
  readonly template?: string
  readonly reads: readonly ExplainedRead[]
  /** From the outermost to the innermost. */
  readonly branches: readonly ExplainedBranch[]
  /** What there is to say besides, for people. */
  readonly note?: string
}

/** Something the recipe says that is not in the rendered recipe, and why. */
export interface ExplainedAbsence {
  /** As it is written. */
  readonly text: string
  /** `file:line:column` */
  readonly at: string
  /** For people. */
  readonly reason: string
  readonly branch?: ExplainedBranch
}

/** A path of the rendered recipe that has one value. */
export interface ValueExplanation extends ExplainedValue {
  readonly kind: 'value'
  /** The output: `name-version-build`. */
  readonly id: string
}

/** A list or a mapping: its values one by one. */
export interface GroupExplanation {
  readonly kind: 'group'
  /** The output: `name-version-build`. */
  readonly id: string
  /** `requirements.run` */
  readonly path: string
  readonly value: Json
  readonly values: readonly ExplainedValue[]
  /** What the recipe says there and the rendered recipe has not. */
  readonly dropped: readonly ExplainedAbsence[]
}

/** A key of the used variant. */
export interface UsedKey {
  readonly key: string
  readonly value: VariantValue
  /** Why the key counts. */
  readonly reason: string
  /** Where the value came from. */
  readonly from: ValueSource
}

/** A key of the used variant, and the others it could have. */
export interface KeyExplanation extends UsedKey {
  readonly kind: 'variant'
  /** The output: `name-version-build`. */
  readonly id: string
  /** All values the key has in this call. */
  readonly values: readonly VariantValue[]
}

/** How the hash of the build string comes about. */
export interface HashExplanation {
  readonly kind: 'hash'
  /** The output: `name-version-build`. */
  readonly id: string
  readonly build_string: string
  /** Language versions and `--build-string-prefix`, empty when there is none. */
  readonly prefix: string
  /** First 7 hex digits of the SHA-1 of `canonical_json`. */
  readonly hash: string
  /** The build number. */
  readonly number: number
  /** The keys that count, as they are hashed. */
  readonly canonical_json: string
  /** The recipe's own `build.string`. */
  readonly template?: { readonly text: string; readonly at: string }
  /** The keys that count. */
  readonly keys: readonly UsedKey[]
  /** Keys that do not count, and why. */
  readonly left_out: readonly { readonly key: string; readonly reason: string }[]
}

/** What `krait explain` says of paths, variant keys and the hash. */
export type Explanation = ValueExplanation | GroupExplanation | KeyExplanation | HashExplanation
