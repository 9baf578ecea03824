/** The type of a field after rendering, derived from its declaration. */
import type { Json } from '../text/index.js'
import type { Section } from './field.js'
import type { RenderedGlobs, RenderedRequirement, RenderedScript } from './rendered-recipe.js'

/** What a field holds in the rendered recipe. */
export type RenderedOf<F> = F extends { kind: 'text' | 'deferred' }
  ? string
  : F extends { kind: 'integer' }
    ? number
    : F extends { kind: 'boolean' }
      ? boolean
      : F extends { kind: 'choice'; values: readonly (infer V)[] }
        ? V
        : F extends { kind: 'globs'; words: readonly [infer A extends string, infer B extends string] }
          ? readonly string[] | { readonly [K in A | B]?: readonly string[] }
          : RenderedCompound<F>

type RenderedCompound<F> = F extends { kind: 'globs' }
  ? RenderedGlobs
  : F extends { kind: 'boolean-or-globs' }
    ? boolean | RenderedGlobs
    : F extends { kind: 'requirements'; namesOnly: true }
      ? readonly string[]
      : F extends { kind: 'requirements' }
        ? readonly RenderedRequirement[]
        : F extends { kind: 'script' }
          ? RenderedScript
          : F extends { kind: 'list'; item: infer I; single: 'keep' | 'unwrap' }
            ? RenderedOf<I> | readonly RenderedOf<I>[]
            : RenderedContainer<F>

type RenderedContainer<F> = F extends { kind: 'list'; item: infer I }
  ? readonly RenderedOf<I>[]
  : F extends { kind: 'map'; value: infer V }
    ? { readonly [key: string]: RenderedOf<V> }
    : F extends { kind: 'section'; fields: infer S extends Section }
      ? RenderedSection<S>
      : Json

type Shown<S extends Section> = {
  [K in keyof S]-?: S[K] extends { kind: 'expressions' | 'ignored' } ? never : K
}[keyof S]

type Required<S extends Section> = {
  [K in keyof S]-?: S[K] extends { required: true } | { keepEmpty: 'always' } ? K : never
}[keyof S]

/** A mapping after rendering: members with their default are left out. */
export type RenderedSection<S extends Section> = Flatten<
  { readonly [K in Extract<Shown<S>, Required<S>>]: RenderedOf<S[K]> } & {
    readonly [K in Exclude<Shown<S>, Required<S>>]?: RenderedOf<S[K]>
  }
>

type Flatten<T> = { [K in keyof T]: T[K] }
