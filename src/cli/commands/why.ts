/** `krait why`: the way from a line of the recipe to a package of an environment. */
import { interpreters } from '../../../interpreters/index.js'
import { type EnvironmentName, failureEvent, formatReasons, selectOutputs, why } from '../../engine/index.js'
import type { ExitCode } from '../../errors/index.js'
import { createBus } from '../../events/index.js'
import { toBuildRequest } from '../build-request.js'
import { createCallMasker } from '../call-masker.js'
import { chooseReporter } from '../choose-reporter.js'
import type { Invocation } from '../command.js'
import { usageError } from '../errors.js'
import { openNetwork } from '../open-network.js'
import { type RenderedCall, renderCall } from '../render-call.js'

/** With `--json`, a list with one object for each output and environment that has the package. */
export async function run(invocation: Invocation): Promise<ExitCode> {
  const [name, ...recipes] = invocation.positionals
  if (name === undefined) throw usageError('the package to ask about is missing')
  const call = await renderCall(invocation, recipes)
  if (typeof call === 'number') return call
  return explain(name, call, { ...invocation, positionals: recipes })
}

async function explain(name: string, call: RenderedCall, invocation: Invocation): Promise<ExitCode> {
  const { signal, settings, stdout, stderr } = invocation
  const { json, outputName, environment } = settings.values
  const masker = createCallMasker(invocation)
  const bus = createBus(masker)
  const reporter = chooseReporter(settings.values, stderr, invocation.system)
  bus.subscribe(reporter.emit)
  const system = openNetwork(invocation, bus)
  try {
    const plans = selectOutputs(call.plans, outputName)
    const { channelPriority, solveStrategy, cacheDirectory, excludeNewerMs } = (
      await toBuildRequest(invocation, false)
    ).build
    const request = {
      plans,
      options: { channelPriority, solveStrategy, cacheDirectory, excludeNewerMs },
      environment: environment as EnvironmentName | undefined,
      texts: call.texts,
    }
    const reasons = await why(name, request, { system, signal, emit: bus.emit, masker, interpreters })
    stdout.write(json ? `${JSON.stringify(reasons, null, 2)}\n` : formatReasons(reasons))
    return 0
  } catch (error) {
    const event = failureEvent(error, undefined, { sources: call.texts, signal })
    bus.emit(event)
    return event.exitCode as ExitCode
  } finally {
    reporter.close()
  }
}
