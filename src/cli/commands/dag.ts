/** `krait dag`: the graph of the outputs that recipes give. */
import { formatGraph, type GraphFormat, graphLinks, noRecipes, selectDependents } from '../../engine/index.js'
import type { ExitCode } from '../../errors/index.js'
import type { Invocation } from '../command.js'
import { optionsConflict } from '../errors.js'
import { renderCall } from '../render-call.js'

export async function run(invocation: Invocation): Promise<ExitCode> {
  const { settings, positionals, stdout, stderr } = invocation
  const { dependents } = settings.values
  const format = chooseFormat(settings.values)
  const call = await renderCall(invocation, positionals)
  if (typeof call === 'number') return call
  const links = selectDependents(graphLinks(call.plans), dependents)
  if (call.recipes.length === 0) stderr.write(`warning: ${noRecipes().message}\n`)
  stdout.write(formatGraph(call.masker.maskData(links), format))
  return 0
}

function chooseFormat({ dot, mermaid, json }: Invocation['settings']['values']): GraphFormat {
  const given = [
    ...(dot ? ['dot' as const] : []),
    ...(mermaid ? ['mermaid' as const] : []),
    ...(json ? ['json' as const] : []),
  ]
  const [first = 'text', second] = given
  if (second !== undefined) throw optionsConflict(`--${first}`, `--${second}`)
  return first
}
