/** Everything one call of `build` is asked to do. */
import type { PlanOptions } from '../stages/plan-builds/index.js'
import type { BuildPlanOptions } from './build-plan.js'
import type { ChannelRequest } from './channels.js'
import type { DirtyOptions } from './dirty/types.js'
import type { SkipExisting } from './find-existing.js'
import type { RecipeSelection } from './find-recipes.js'
import type { FinishOptions } from './finish-package.js'
import type { LockRequest } from './lock-file.js'
import type { ManyRequest } from './many/types.js'
import type { RenderRequest } from './render-recipes.js'

export interface BuildRequest {
  readonly recipes: RecipeSelection
  readonly render: RenderRequest
  readonly channels: ChannelRequest
  readonly plan: Omit<PlanOptions, 'buildId'> & { readonly withBuildId: boolean }
  readonly build: Omit<BuildPlanOptions, 'stagingKeys' | 'dirty'> & {
    readonly dirty?: Omit<DirtyOptions, 'siblings'> | undefined
  }
  readonly finish: Omit<FinishOptions, 'recipeText'>
  readonly skipExisting: SkipExisting
  /** Build nothing when a channel has other builds of the same version and number. */
  readonly failOnDivergence: boolean
  /** Absent when nothing is locked. */
  readonly lock: LockRequest | undefined
  readonly continueOnFailure: boolean
  /** Absent: one output after the other. */
  readonly many?: ManyRequest
}
