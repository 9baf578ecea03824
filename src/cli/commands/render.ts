/** `krait render`: what a recipe means, as YAML, or what differs between two of its outputs. */
import {
  compareRenderings,
  formatComparison,
  formatRenderings,
  selectOutput,
  selectOutputs,
} from '../../engine/index.js'
import type { ExitCode } from '../../errors/index.js'
import type { Invocation } from '../command.js'
import { optionsConflict, usageError } from '../errors.js'
import { type RenderedCall, renderCall } from '../render-call.js'

/** 9 when `--diff` finds a difference. */
export async function run(invocation: Invocation): Promise<ExitCode> {
  const { settings, positionals, stdout } = invocation
  const { diff, outputName } = settings.values
  // `--diff` takes all words that follow, so a recipe behind its two ids comes with them.
  const [before, after, ...behind] = diff
  if (before !== undefined && after === undefined) throw usageError('`--diff` needs two ids')
  if (before !== undefined && outputName !== undefined) throw optionsConflict('--diff', '--output')
  const call = await renderCall(invocation, [...positionals, ...behind])
  if (typeof call === 'number') return call
  if (before !== undefined && after !== undefined) {
    return printDifference(call, [before, after], invocation)
  }
  stdout.write(call.masker.maskText(formatRenderings(selectOutputs(call.plans, outputName))))
  return 0
}

function printDifference(
  { plans, masker }: Pick<RenderedCall, 'plans' | 'masker'>,
  [before, after]: readonly [string, string],
  { stdout }: Invocation,
): ExitCode {
  const comparison = compareRenderings(selectOutput(plans, before).output, selectOutput(plans, after).output)
  stdout.write(masker.maskText(formatComparison(comparison)))
  return comparison.changes.length + comparison.causes.length > 0 ? 9 : 0
}
