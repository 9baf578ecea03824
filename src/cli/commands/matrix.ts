/** `krait matrix`: the packages a recipe would give, one job each. */
import { formatGithubMatrix, formatMatrixTable, matrixJobs, selectOutputs } from '../../engine/index.js'
import type { ExitCode } from '../../errors/index.js'
import type { Invocation } from '../command.js'
import { optionsConflict } from '../errors.js'
import { renderCall } from '../render-call.js'

export async function run(invocation: Invocation): Promise<ExitCode> {
  const { settings, positionals, stdout } = invocation
  const { json, github, table, outputName } = settings.values
  const [first, second] = [json && '--json', github && '--github', table && '--table'].filter(
    (option) => option !== false,
  )
  if (first !== undefined && second !== undefined) throw optionsConflict(first, second)
  const call = await renderCall(invocation, positionals)
  if (typeof call === 'number') return call
  const jobs = call.masker.maskData(matrixJobs(selectOutputs(call.plans, outputName)))
  if (json) stdout.write(`${JSON.stringify(jobs, null, 2)}\n`)
  else stdout.write(github ? formatGithubMatrix(jobs) : formatMatrixTable(jobs))
  return 0
}
