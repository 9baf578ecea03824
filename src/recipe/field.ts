/** The kinds of field a recipe is made of; `schema/` declares every field once with them (architecture 5). */

/** What every field says about itself. */
interface FieldInfo {
  /** One sentence for docs/recipe.md and editors. */
  readonly doc: string
  readonly required?: true
  /** `''`, `~` and `null` written plainly mean the field is absent. */
  readonly nullable?: true
  /** A flag that must be given to use the field. */
  readonly gate?: 'experimental' | 'v3'
}

/** Checks and spellings of text; `text` accepts everything. */
export type TextFormat =
  | 'text'
  | 'trimmed'
  | 'package-name'
  | 'version'
  | 'url'
  | 'url-or-path'
  | 'sha256'
  | 'md5'
  | 'license'
  | 'glob'
  | 'regex'
  | 'entry-point'
  | 'build-flag'
  | 'python-version'
  | 'env-value'

export interface TextField extends FieldInfo {
  readonly kind: 'text'
  readonly format: TextFormat
  /** Variables that only exist when the package is built; they stay in the text as they are. */
  readonly lateBound?: readonly string[]
  /** Templates in the text mean nothing. */
  readonly verbatim?: true
}

export interface IntegerField extends FieldInfo {
  readonly kind: 'integer'
  readonly min: number
  readonly max: number
  /** What a template that renders to nothing means. */
  readonly whenEmpty?: number
}

export interface BooleanField extends FieldInfo {
  readonly kind: 'boolean'
  /** The value that is left out of the rendered recipe. */
  readonly default: boolean
  /** `plain`: only true/false without quotes; `quoted`: quotes too; `yes-no`: Yes and No as well. */
  readonly words?: 'plain' | 'quoted' | 'yes-no'
  /** False when a template is not accepted. */
  readonly templates?: false
}

export interface ChoiceField<V extends string = string> extends FieldInfo {
  readonly kind: 'choice'
  readonly values: readonly V[]
  /** The value that is left out of the rendered recipe. */
  readonly default?: V
  /** Words that mean the field is absent. */
  readonly absent?: readonly string[]
  /** RB's words for a value that is not one of them, with `{}` for the value. */
  readonly complaint: string
}

export interface ListField<I extends Field = Field> extends FieldInfo {
  readonly kind: 'list'
  readonly item: I
  /**
   * A lone value is accepted: `wrap` makes it a list, `keep` leaves it alone, `unwrap` turns one-item lists
   * into it.
   */
  readonly single?: 'wrap' | 'keep' | 'unwrap'
  /** A lone `if` mapping is accepted in place of a list. */
  readonly loneSelector?: true
  /** False where `if`/`then`/`else` items are not accepted. */
  readonly selectors?: false
  /** An empty list is shown when it was written as a list, or always. */
  readonly keepEmpty?: 'explicit' | 'always'
}

/** A list of globs, or where `excludes` is set also `include` and `exclude`. */
export interface GlobsField extends FieldInfo {
  readonly kind: 'globs'
  readonly excludes: boolean
  /** Names of the two lists. */
  readonly words?: readonly [string, string]
}

/** Yes, no, or only for some files. */
export interface BooleanOrGlobsField extends FieldInfo {
  readonly kind: 'boolean-or-globs'
  readonly default: boolean
}

/** A list of match specs and pins. */
export interface RequirementsField extends FieldInfo {
  readonly kind: 'requirements'
  /** Only the exact names of the specs are kept. */
  readonly namesOnly?: true
  readonly keepEmpty?: true
}

export interface MapField<V extends Field = Field> extends FieldInfo {
  readonly kind: 'map'
  readonly value: V
  readonly keys: 'env-name' | 'any'
  readonly sorted?: true
  /** Entries whose value is empty are left out. */
  readonly dropEmpty?: true
}

export interface SectionField<S extends Section = Section> extends FieldInfo {
  readonly kind: 'section'
  readonly fields: S
  /** A list given in place of the mapping stands for this member. */
  readonly listMember?: string
  /** Shown even when nothing is in it. */
  readonly keepEmpty?: true
}

/** A mapping whose kind is told by the first of these keys that is present. */
export interface OneOfField extends FieldInfo {
  readonly kind: 'one-of'
  readonly what: string
  readonly alternatives: { readonly [key: string]: Section }
  /** Alternatives that ignore unknown keys (with a warning). */
  readonly lenient?: readonly string[]
  /** The alternative's fields stand below its key instead of beside it: `python: {imports: ...}`. */
  readonly nested?: readonly string[]
}

/** Things with rules of their own; each has one loader and one renderer. */
export interface SpecialField extends FieldInfo {
  readonly kind:
    | 'script'
    | 'expressions'
    | 'deferred'
    | 'free'
    | 'context'
    | 'inherit'
    | 'publishers'
    | 'ignored'
}

export type Field =
  | TextField
  | IntegerField
  | BooleanField
  | ChoiceField
  | ListField
  | GlobsField
  | BooleanOrGlobsField
  | RequirementsField
  | MapField
  | SectionField
  | OneOfField
  | SpecialField

/** Fields of a mapping, in the order of the rendered recipe. */
export interface Section {
  readonly [key: string]: Field
}
