/** Decides what differs between two variants of a recipe, and where the values that are the cause were set. */
import { type Change, compareRenderings } from '../compare-renderings.js'
import { showSource } from '../explain/format-explanation.js'
import { usedKey } from '../explain/key-reasons.js'
import { selectOutput } from '../explain/subjects.js'
import type { ExplainSubject } from '../explain/types.js'
import type { Cause } from './inputs.js'

/** `krait diff --json` of two variants of a recipe. */
export interface VariantDifference {
  /** Ids: `name-version-build`. */
  readonly before: string
  readonly after: string
  /** Values of the rendered recipes. */
  readonly changes: readonly Change[]
  /** Variant keys that differ. */
  readonly causes: readonly Cause[]
  /** Nothing differs. */
  readonly isSame: boolean
}

/** Each is named by its id, or the beginning of it. @throws BuildError `usage/unknown-output`, `usage/ambiguous-output` */
export function compareVariants(
  before: string,
  after: string,
  subjects: readonly ExplainSubject[],
): VariantDifference {
  const [left, right] = [selectOutput(subjects, before), selectOutput(subjects, after)]
  const { changes, causes: keys } = compareRenderings(left.output, right.output)
  const causes = keys.map(({ path, ...values }): Cause => {
    const what = path.replace(/^variant\.?/, '')
    return { kind: 'variant', what, ...values, ...placesOf(what, left, right) }
  })
  return { before: left.id, after: right.id, changes, causes, isSame: changes.length + causes.length === 0 }
}

/** `variants.yaml:2:5`, or both places when they are two. */
function placesOf(key: string, left: ExplainSubject, right: ExplainSubject): { readonly at?: string } {
  const places = [left, right].flatMap((subject) => {
    const value = subject.output.variant[key]
    return value === undefined ? [] : [showSource(usedKey(key, value, subject).from)]
  })
  const distinct = [...new Set(places)]
  return distinct.length === 0 ? {} : { at: distinct.join(', ') }
}
