/** Finds out which environment variables a build script reads. */
import type { BuildPlan } from '../../stages/plan-builds/index.js'
import {
  buildFacts,
  readVariables,
  resolvePlanScript,
  sectionTexts,
  type VariableRead,
} from '../../stages/run-script/index.js'
import type { BuildContext } from '../context.js'

/** In the order of the script, with the place of the first reading. @throws BuildError `script/...` */
export async function readScriptVariables(
  plan: BuildPlan,
  context: BuildContext,
): Promise<readonly VariableRead[]> {
  const options = { isolation: 'strict' as const, colors: false }
  const facts = await buildFacts({ ...plan, prefixes: { host: { records: [] } } }, options, context)
  const { sections } = await resolvePlanScript(plan, facts, context)
  return readVariables(sections.flatMap(sectionTexts))
}
