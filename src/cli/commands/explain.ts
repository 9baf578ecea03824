/** `krait explain`: where a value of a rendered recipe, a variant key or the hash comes from. */
import { explain, formatExplanations, selectOutputs, toSubjects } from '../../engine/index.js'
import type { ExitCode } from '../../errors/index.js'
import type { Invocation } from '../command.js'
import { usageError } from '../errors.js'
import { renderCall } from '../render-call.js'

/** With `--json`, one object for one output and a list for several. */
export async function run(invocation: Invocation): Promise<ExitCode> {
  const { settings, positionals, stdout } = invocation
  const { json, outputName } = settings.values
  const [path, ...recipes] = positionals
  if (path === undefined) throw usageError('the path to explain is missing')
  const call = await renderCall(invocation, recipes)
  if (typeof call === 'number') return call
  if (/^(?:env|run)\./.test(path)) {
    const { explainSolved, solvedPath } = await import('../explain-solved.js')
    const asked = solvedPath(path)
    if (asked) return explainSolved(asked, call, { ...invocation, positionals: recipes })
  }
  const subjects = selectOutputs(toSubjects(call.recipes, call.texts, path), outputName)
  const explanations = explain(path, subjects)
  if (!json) stdout.write(call.masker.maskText(formatExplanations(explanations)))
  else {
    const data = subjects.length === 1 ? explanations[0] : explanations
    stdout.write(`${JSON.stringify(call.masker.maskData(data), null, 2)}\n`)
  }
  return 0
}
