/** Makes everything that a build script needs, and runs nothing. */
import type { BuildPlan } from '../../stages/plan-builds/index.js'
import { writeScript } from '../../stages/run-script/index.js'
import type { BuildPlanOptions } from '../build-plan.js'
import { claimDirectory, stageRunner } from '../build-plan.js'
import type { BuildContext } from '../context.js'
import { selectOutputs } from '../explain/subjects.js'
import { prepareBuild } from '../prepare-build.js'
import { prepareOutput } from '../prepare-output.js'
import { stagingKeys } from '../staging/staging-plan.js'
import { outputMissing, severalOutputs } from './errors.js'

export interface DebugBuild {
  readonly plan: BuildPlan
  /** Absolute path of `conda_build.sh`. */
  readonly script: string
}

/** The only output, or the one that is named. @throws BuildError `usage/several-outputs`, `usage/output-not-found` */
export function selectDebugOutput(plans: readonly BuildPlan[], wanted: string | undefined): BuildPlan {
  const names = [...new Set(plans.map(({ name }) => name))]
  if (
    wanted !== undefined &&
    !plans.some(({ id, name }) => name === wanted.toLowerCase() || id.startsWith(wanted))
  )
    throw outputMissing(wanted, names)
  const selected = selectOutputs(plans, wanted)
  const [only] = selected
  if (only === undefined) throw outputMissing(wanted ?? '', names)
  // Variants of one output are told apart by their ids.
  if (selected.length > 1) throw severalOutputs(names.length > 1 ? names : selected.map(({ id }) => id))
  return only
}

/** Prefixes, sources and script of one output, in a directory that stays. @throws BuildError of the stages */
export async function setUpDebug(
  plan: BuildPlan,
  options: Omit<BuildPlanOptions, 'stagingKeys'>,
  context: BuildContext,
): Promise<DebugBuild> {
  await prepareOutput(plan.directories.output, context)
  const claimed = await claimDirectory(plan, context)
  await context.system.fs.makeDirectory(claimed.directories.work)
  const run = stageRunner(claimed.id, [], context)
  const all = { ...options, stagingKeys: stagingKeys([plan]) }
  const sourced = await prepareBuild(claimed, all, { context, run })
  return { plan: claimed, script: await writeScript(sourced, options, context) }
}
