/** Looks for packages that need not be built again (`--skip-existing`). */
import path from 'node:path'
import { isBuildError } from '../errors/index.js'
import type { BuildPlan } from '../stages/plan-builds/index.js'
import { solve } from '../stages/solve-environments/index.js'
import type { BuildContext } from './context.js'

export type SkipExisting = 'none' | 'local' | 'all'

/** Why an output is not built, or undefined when it is. */
export async function findExisting(
  plan: BuildPlan,
  where: SkipExisting,
  context: BuildContext,
): Promise<string | undefined> {
  if (where === 'none') return undefined
  for (const extension of ['conda', 'tar.bz2']) {
    const file = path.join(plan.directories.output, plan.platforms.targetSubdir, `${plan.id}.${extension}`)
    if (await context.system.fs.stat(file)) return 'it is in the local channel already'
  }
  return where === 'all' && (await isInChannels(plan, context)) ? 'it is in a channel already' : undefined
}

async function isInChannels(plan: BuildPlan, context: BuildContext): Promise<boolean> {
  const spec = `${plan.name} ==${plan.version} ${plan.buildString}`
  try {
    await solve([spec], { channels: plan.channels, platform: plan.platforms.host }, context)
    return true
  } catch (error) {
    if (isBuildError(error) && error.code.startsWith('solve/')) return false
    throw error
  }
}
