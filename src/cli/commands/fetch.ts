/** `krait fetch`: the sources of recipes into the cache, so that they can be built offline. */
import { interpreters } from '../../../interpreters/index.js'
import { fetchAllSources, selectOutputs } from '../../engine/index.js'
import type { ExitCode } from '../../errors/index.js'
import type { Invocation } from '../command.js'
import { renderCall } from '../render-call.js'
import { type Reported, withReporter } from '../with-reporter.js'

/** One line for each source on stdout; `--json` for scripts. */
export async function run(invocation: Invocation): Promise<ExitCode> {
  const { settings, positionals, stdout } = invocation
  const call = await renderCall(invocation, positionals)
  if (typeof call === 'number') return call
  const fetch = async (reported: Reported): Promise<ExitCode> => {
    const plans = selectOutputs(call.plans, settings.values.outputName)
    const fetched = await fetchAllSources(plans, call.request.build, { ...reported, interpreters })
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
  }
  return withReporter(invocation, fetch, { masker: call.masker, sources: call.texts, stage: 'sources' })
}
