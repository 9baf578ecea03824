/** An output before its hash is known. */
import type {
  Dropped,
  LoadedText,
  RenderedRequirements,
  SkipExpression,
  VariantValue,
} from '../../recipe/index.js'
import type { Json } from '../../text/index.js'
import type { Combination } from './combine-variants.js'
import type { Session } from './session.js'
import { memberOf, plainValue, type Traced } from './traced.js'

export interface Draft {
  readonly session: Session
  readonly combination: Combination
  readonly name: string
  /** Lower case. */
  readonly normalizedName: string
  readonly version: string
  readonly noarch: 'python' | 'generic' | undefined
  readonly skip: boolean
  /** Members of the rendered recipe by key, without `build.string`. */
  readonly members: ReadonlyMap<string, Traced>
  readonly requirements: RenderedRequirements
  /** The template of an explicit build string. */
  readonly buildString: LoadedText | undefined
  readonly variant: ReadonlyMap<string, VariantValue>
  readonly useKeys: readonly string[]
  readonly ignoreKeys: readonly string[]
  readonly directoryName: string
  readonly dropped: readonly Dropped[]
  readonly skips: readonly SkipExpression[]
}

/** The plain requirements of a traced section. */
export function requirementsOf(traced: Traced | undefined): RenderedRequirements {
  // The renderer builds exactly this shape from the schema.
  return (plainValue(traced) ?? {}) as RenderedRequirements
}

/** The build number that counts: the override, the recipe's, or 0. */
export function buildNumberOf(draft: Draft): number {
  const number: Json | undefined = plainValue(memberOf(draft.members.get('build'), 'number'))
  return givenBuildNumber(draft) ?? (typeof number === 'number' ? number : 0)
}

/** What the call says about the build number. */
export function givenBuildNumber({ name, version, session }: Draft): number | undefined {
  const { buildNumber, buildNumbers } = session.options
  return buildNumbers?.get(`${name} ${version}`) ?? buildNumber
}

/** A list of texts inside traced data. */
export function textsOf(traced: Traced | undefined): string[] {
  const value = plainValue(traced)
  return isList(value) ? value.map(String) : []
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value)
}
