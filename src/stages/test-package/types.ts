/** A package that was tested. */
import type { PackagedPlan } from '../write-package/index.js'

export interface TestOutcome {
  readonly kind: string
  readonly title: string
  readonly ms: number
}

/** Output of test-package; failing tests reject instead. */
export interface TestedPlan extends PackagedPlan {
  readonly tests: { readonly outcomes: readonly TestOutcome[]; readonly skipped?: string }
}
