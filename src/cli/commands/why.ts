/** `krait why`: the way from a line of the recipe to a package of an environment. */
import { interpreters } from '../../../interpreters/index.js'
import { type EnvironmentName, formatReasons, selectOutputs, stagingKeys, why } from '../../engine/index.js'
import type { ExitCode } from '../../errors/index.js'
import type { Invocation } from '../command.js'
import { usageError } from '../errors.js'
import { type RenderedCall, renderCall } from '../render-call.js'
import { type Reported, withReporter } from '../with-reporter.js'

/** With `--json`, a list with one object for each output and environment that has the package. */
export async function run(invocation: Invocation): Promise<ExitCode> {
  const [name, ...recipes] = invocation.positionals
  if (name === undefined) throw usageError('the package to ask about is missing')
  const call = await renderCall(invocation, recipes)
  if (typeof call === 'number') return call
  return explain(name, call, { ...invocation, positionals: recipes })
}

async function explain(name: string, call: RenderedCall, invocation: Invocation): Promise<ExitCode> {
  const { settings, stdout } = invocation
  const { json, outputName, environment } = settings.values
  const look = async (reported: Reported): Promise<ExitCode> => {
    const { channelPriority, solveStrategy, cacheDirectory, excludeNewerMs } = call.request.build
    const request = {
      plans: selectOutputs(call.plans, outputName),
      stagingKeys: stagingKeys(call.plans),
      options: { channelPriority, solveStrategy, cacheDirectory, excludeNewerMs },
      environment: environment as EnvironmentName | undefined,
      texts: call.texts,
    }
    const reasons = await why(name, request, { ...reported, interpreters })
    const shown = json ? `${JSON.stringify(reasons, null, 2)}\n` : formatReasons(reasons)
    stdout.write(call.masker.maskText(shown))
    return 0
  }
  return withReporter(invocation, look, { masker: call.masker, sources: call.texts })
}
