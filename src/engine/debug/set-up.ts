/** Makes everything that a build script needs, and runs nothing. */
import type { BuildPlan } from '../../stages/plan-builds/index.js'
import { writeScript } from '../../stages/run-script/index.js'
import type { BuildPlanOptions } from '../build-plan.js'
import { claimDirectory, stageRunner } from '../build-plan.js'
import type { BuildContext } from '../context.js'
import { prepareBuild } from '../prepare-build.js'
import { prepareOutput } from '../prepare-output.js'
import { stagingKeys } from '../staging/staging-plan.js'
import type { DebugPlaces } from './debug-state.js'

/** `krait debug setup --json` */
export interface DebugSetup extends DebugPlaces {
  /** Absolute path of `conda_build.sh`. */
  readonly script: string
}

export interface DebugBuild {
  readonly plan: BuildPlan
  /** Absolute path of `conda_build.sh`. */
  readonly script: string
}

/** Prefixes, sources and script of one output, in a directory that stays. @throws BuildError of the stages */
export async function setUpDebug(
  plan: BuildPlan,
  options: Omit<BuildPlanOptions, 'stagingKeys' | 'dirty'>,
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
