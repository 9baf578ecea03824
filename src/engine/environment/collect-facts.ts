/** Collects the facts that the environment of a script follows from, before anything has run. */
import path from 'node:path'
import type { RenderedRequirement } from '../../recipe/index.js'
import { buildFacts, type EnvFacts } from '../../stages/run-script/index.js'
import type { BuildContext } from '../context.js'
import type { DescribeRequest } from './describe-variables.js'
import type { PlacedPlan } from './install-for-look.js'

/** For tests the directories are examples: a run makes names of its own. */
export async function collectFacts(
  placed: PlacedPlan,
  { stage, isolation }: Pick<DescribeRequest, 'stage' | 'isolation'>,
  context: BuildContext,
): Promise<EnvFacts> {
  const { plan } = placed
  const prefixes = { host: { records: pythonRecords(placed) } }
  const facts = await buildFacts({ ...plan, prefixes }, { isolation, colors: false }, context)
  if (stage === 'build') return facts
  const directory = path.join(plan.directories.output, 'test', `test_${plan.name}`)
  return {
    ...facts,
    stage,
    prefix: path.join(directory, 'test_run_env'),
    buildPrefix: undefined,
    work: path.join(directory, 'test'),
    buildDirectory: undefined,
    recipeDirectory: undefined,
  }
}

/** Unsolved, a python in the host requirements is the one of the variant. */
function pythonRecords({ plan, isInstalled, hostRecords }: PlacedPlan) {
  if (isInstalled) return hostRecords
  const { python } = plan.output.variant
  const isWanted = (plan.output.recipe.requirements.host ?? []).some(namesPython)
  return python !== undefined && isWanted
    ? [{ name: 'python', version: String(python).replace(/[^\d.].*$/, '') }]
    : []
}

function namesPython(requirement: RenderedRequirement): boolean {
  return typeof requirement === 'string' && /^python(?:\s|$)/.test(requirement)
}
