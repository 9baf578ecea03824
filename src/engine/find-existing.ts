/** Compares what would be built with what channels have (`--skip-existing`): whole identities, never counts. */
import type { PackageRecord } from '../conda/index.js'
import type { BuildPlan } from '../stages/plan-builds/index.js'
import { findAlternatives } from '../stages/solve-environments/index.js'
import type { BuildContext } from './context.js'
import { divergingBuild } from './errors.js'

export type SkipExisting = 'none' | 'local' | 'all'

/**
 * `diverges`: a channel has this version under the same build number, but only with build strings that the recipe does
 * not give any more. Its users would not get the new one for certain: the build number has to be raised.
 */
export type Existence =
  | { readonly kind: 'exists'; readonly channel: string }
  | { readonly kind: 'diverges'; readonly channel: string; readonly builds: readonly string[] }
  | { readonly kind: 'new' }

/** By plan; `local` asks the output directory, `all` every channel of the plan too. */
export async function findExisting(
  plans: readonly BuildPlan[],
  where: SkipExisting,
  context: BuildContext,
): Promise<ReadonlyMap<BuildPlan, Existence>> {
  const found = new Map<BuildPlan, Existence>()
  if (where === 'none') return found
  for (const plan of plans) {
    const { output } = plan.directories
    const channels = where === 'local' ? [output] : [output, ...plan.channels]
    const options = { channels, platform: plan.platforms.host, channelPriority: 'disabled' } as const
    found.set(plan, classify(plan, plans, await findAlternatives(plan.name, options, context)))
  }
  return found
}

/** @param records of the plan's name, in any channel */
export function classify(
  plan: Pick<BuildPlan, 'name' | 'version' | 'buildNumber' | 'buildString' | 'platforms'>,
  plans: readonly Pick<BuildPlan, 'name' | 'version' | 'buildString'>[],
  records: readonly (PackageRecord & { readonly channel: string })[],
): Existence {
  const same = records.filter(
    ({ version, build_number: number, subdir }) =>
      version === plan.version && number === plan.buildNumber && subdir === plan.platforms.targetSubdir,
  )
  const exact = same.find(({ build }) => build === plan.buildString)
  if (exact) return { kind: 'exists', channel: exact.channel }
  // Other variants of this recipe have the number too, rightly.
  const own = new Set(
    plans
      .filter(({ name, version }) => name === plan.name && version === plan.version)
      .map(({ buildString }) => buildString),
  )
  const others = same.filter(({ build }) => !own.has(build))
  const [first] = others
  if (!first) return { kind: 'new' }
  return { kind: 'diverges', channel: first.channel, builds: others.map(({ build }) => build) }
}

/**
 * Says what was found, before anything is built.
 * @throws BuildError `plan/diverges` with `failOnDivergence`
 */
export function reportExisting(
  found: ReadonlyMap<BuildPlan, Existence>,
  { failOnDivergence }: { readonly failOnDivergence: boolean },
  { emit }: Pick<BuildContext, 'emit'>,
): void {
  if (found.size === 0) return
  const count = (kind: Existence['kind']) => [...found.values()].filter((item) => item.kind === kind).length
  const [exists, diverges] = [count('exists'), count('diverges')]
  emit({ type: 'note', text: `${exists} exist, ${count('new')} new, ${diverges} diverge` })
  for (const [plan, existence] of found) {
    if (existence.kind !== 'diverges') continue
    const error = divergingBuild(plan.id, existence)
    if (failOnDivergence) throw error
    const { code, message, hint } = error
    emit({ type: 'warning', output: plan.id, code, message, ...(hint && { hint }) })
  }
}
