/** Everything the steps of one dirty build share. */
import type { SolvedPlan } from '../../stages/solve-environments/index.js'
import type { BuildPlanOptions } from '../build-plan.js'
import type { BuildContext } from '../context.js'
import type { RunStage } from '../prepare-build.js'
import type { Look } from './look.js'
import type { fetchFresh } from './sources.js'
import type { DirtyOptions, DirtyState } from './types.js'

export type DirtyBuildOptions = BuildPlanOptions & { readonly dirty: DirtyOptions }

export interface DirtyWork {
  readonly plan: SolvedPlan
  readonly options: DirtyBuildOptions
  readonly context: BuildContext
  readonly run: RunStage
  readonly state: DirtyState
  readonly look: Look
  readonly fetch: typeof fetchFresh
}
