/** Solves the environments of a staging output for commands that only look (CEP 41). */
import type { BuildPlan } from '../../stages/plan-builds/index.js'
import {
  type SolvedPlan,
  type SolveOptions,
  solveEnvironments,
} from '../../stages/solve-environments/index.js'
import type { BuildContext } from '../context.js'
import { type StagingKeys, stagingPlan, stagingsOf } from './staging-plan.js'

/** A staging output as a plan of its own, with its environments. */
export interface SolvedStaging {
  readonly name: string
  readonly solved: SolvedPlan
}

/** Undefined when the plan inherits from none. @throws BuildError `solve/...`, `channel/...` */
export async function solveStaging(
  plan: BuildPlan,
  { keys, options }: { readonly keys: StagingKeys; readonly options: SolveOptions },
  context: BuildContext,
): Promise<SolvedStaging | undefined> {
  const [staging] = stagingsOf(plan)
  if (staging === undefined || plan.output.recipe.inherits_from === undefined) return undefined
  const solved = await solveEnvironments(stagingPlan(plan, staging, keys), options, context)
  return { name: staging.name, solved }
}
