/** The recipe as it was written, checked: templates and conditionals kept, every value with its place. */

import type { Expression, Template } from '../template/index.js'
import type { SourceText, Span, YamlNode, YamlScalar } from '../text/index.js'
import type { Field, Section } from './field.js'

/** A scalar; `template` is absent when the text has none. */
export interface LoadedText {
  readonly kind: 'text'
  readonly text: string
  /** False when YAML had quotes or a block style; such text never becomes a bool or a number. */
  readonly plain: boolean
  readonly span: Span
  readonly scalar: YamlScalar
  readonly template?: Template
  /** Variables that the template mentions. */
  readonly names: ReadonlySet<string>
}

/** The `if` of a list item, or one item of `skip`. */
export interface LoadedCondition {
  readonly text: string
  readonly span: Span
  readonly scalar: YamlScalar
  /** Absent for a condition that cannot be parsed; only `skip` lets that pass. */
  readonly expression?: Expression
  readonly names: ReadonlySet<string>
}

export interface LoadedConditional {
  readonly kind: 'conditional'
  readonly condition: LoadedCondition
  readonly whenTrue: readonly LoadedItem[]
  readonly whenFalse: readonly LoadedItem[]
  readonly span: Span
}

export type LoadedItem = LoadedValue | LoadedConditional

/** `single` when a lone value was written in place of a list. */
export interface LoadedList {
  readonly kind: 'list'
  readonly items: readonly LoadedItem[]
  readonly single: boolean
  readonly span: Span
}

/** A mapping; `alternative` tells the kind of a source, test or output. */
export interface LoadedSection {
  readonly kind: 'section'
  readonly members: ReadonlyMap<string, LoadedValue>
  readonly alternative?: string
  readonly span: Span
}

/** Data that is kept as it is, with its templates parsed. */
export interface LoadedData {
  readonly kind: 'data'
  readonly node: YamlNode
  readonly texts: ReadonlyMap<YamlScalar, LoadedText>
  readonly span: Span
}

export type LoadedValue = LoadedText | LoadedList | LoadedSection | LoadedData

/** One entry of `context`. */
export interface LoadedContextEntry {
  readonly key: string
  readonly keySpan: Span
  readonly value: LoadedText | LoadedList
}

/** A recipe that was understood; `root` follows `singleRecipeFields` or `multiRecipeFields`. */
export interface LoadedRecipe {
  readonly source: SourceText
  readonly form: 'single' | 'multi'
  readonly context: readonly LoadedContextEntry[]
  readonly root: LoadedSection
}

/** How the value of a field is kept before rendering. */
export type LoadedOf<F extends Field> = F extends {
  kind: 'text' | 'integer' | 'boolean' | 'choice' | 'deferred'
}
  ? LoadedText
  : F extends { kind: 'list' | 'requirements' | 'expressions' | 'publishers' }
    ? LoadedList
    : F extends { kind: 'section' | 'one-of' | 'map' }
      ? LoadedSection
      : F extends { kind: 'globs' }
        ? LoadedList | LoadedSection
        : F extends { kind: 'boolean-or-globs' }
          ? LoadedText | LoadedList | LoadedSection
          : LoadedValue

/** The member of a loaded section, typed by the schema it was loaded with. */
export function getMember<S extends Section, K extends keyof S & string>(
  section: LoadedSection | undefined,
  _fields: S,
  key: K,
): LoadedOf<S[K]> | undefined {
  // The loader built the member from this very field.
  return section?.members.get(key) as LoadedOf<S[K]> | undefined
}
