/** Decides which output `krait debug setup` is about. */
import type { BuildPlan } from '../../stages/plan-builds/index.js'
import { selectOutputs } from '../explain/subjects.js'
import { outputMissing, severalOutputs } from './errors.js'

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
