/** `krait fetch`: the sources of recipes into the cache, so that they can be built offline. */
import { interpreters } from '../../../interpreters/index.js'
import { failureEvent, fetchAllSources, selectOutputs } from '../../engine/index.js'
import type { ExitCode } from '../../errors/index.js'
import { createBus } from '../../events/index.js'
import { chooseReporter } from '../choose-reporter.js'
import type { Invocation } from '../command.js'
import { openNetwork } from '../open-network.js'
import { renderCall } from '../render-call.js'

/** One line for each source on stdout; `--json` for scripts. */
export async function run(invocation: Invocation): Promise<ExitCode> {
  const { settings, positionals, stdout, stderr, signal } = invocation
  const call = await renderCall(invocation, positionals)
  if (typeof call === 'number') return call
  const bus = createBus(call.masker)
  const reporter = chooseReporter(settings.values, stderr, invocation.system)
  bus.subscribe(reporter.emit)
  const system = openNetwork(invocation, bus)
  const context = { system, signal, emit: bus.emit, masker: call.masker, interpreters }
  try {
    const plans = selectOutputs(call.plans, settings.values.outputName)
    const fetched = await fetchAllSources(plans, call.request.build, context)
    if (settings.values.json) {
      stdout.write(`${JSON.stringify(call.masker.maskData(fetched), null, 2)}\n`)
      return 0
    }
    const lines = fetched.map(({ kind, source, from, sha256, commit }) => {
      const what = sha256 ?? commit
      return `${kind} ${source}${what === undefined ? '' : ` ${what}`} (${from})`
    })
    stdout.write(call.masker.maskText(`${lines.length === 0 ? 'No sources to fetch' : lines.join('\n')}\n`))
    return 0
  } catch (error) {
    const event = failureEvent(error, undefined, { sources: call.texts, signal, stage: 'sources' })
    bus.emit(event)
    return event.exitCode as ExitCode
  } finally {
    reporter.close()
  }
}
