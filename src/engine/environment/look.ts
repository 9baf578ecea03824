/** The way of commands to environments; what it takes is loaded when it is asked for. */
import type { BuildPlan } from '../../stages/plan-builds/index.js'
import type { VariableRead } from '../../stages/run-script/index.js'
import type { BuildContext } from '../context.js'
import type { DescribedTarget, DescribeRequest } from './describe-variables.js'
import type { EnvironmentDescription } from './types.js'

/** The environment of one output's script. @throws BuildError `solve/...`, `install/...`, `script/activation-failed` */
export async function describeEnvironment(
  target: DescribedTarget,
  request: DescribeRequest,
  context: BuildContext,
): Promise<EnvironmentDescription> {
  const { describePlan } = await import('./describe-variables.js')
  return describePlan(target, request, context)
}

/** The variables that the build script of a plan reads. @throws BuildError `script/...` */
export async function findScriptVariables(
  plan: BuildPlan,
  context: BuildContext,
): Promise<readonly VariableRead[]> {
  const { readScriptVariables } = await import('./read-script-variables.js')
  return readScriptVariables(plan, context)
}
