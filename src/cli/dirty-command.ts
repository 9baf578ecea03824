/** `krait build --dirty-explain` and `--dirty-reset`: looks at, or forgets, what dirty builds keep. */
import {
  type BuildContext,
  type BuildRequest,
  explainDirty,
  failureEvent,
  resetDirty,
} from '../engine/index.js'
import type { ExitCode } from '../errors/index.js'
import type { Invocation } from './command.js'
import { optionsConflict } from './errors.js'

/** Results go to stdout, a line each. */
export async function runDirtyCommand(
  request: BuildRequest,
  { settings, stdout }: Invocation,
  context: BuildContext,
): Promise<ExitCode> {
  const { dirtyExplain, dirtyReset } = settings.values
  if (dirtyExplain && dirtyReset) throw optionsConflict('--dirty-explain', '--dirty-reset')
  const sources = new Map<string, string>()
  try {
    const told = { ...context, sources }
    if (settings.values.json) {
      const json = await explainDirty(request, told)
      stdout.write(`${JSON.stringify(context.masker.maskData(json), null, 2)}\n`)
      return 0
    }
    const lines = dirtyReset ? await resetLines(request, told) : await explainLines(request, told)
    stdout.write(context.masker.maskText(`${lines.join('\n')}\n`))
    return 0
  } catch (error) {
    const event = failureEvent(error, undefined, { sources, signal: context.signal })
    context.emit(event)
    return event.exitCode as ExitCode
  }
}

type SourcesContext = Parameters<typeof explainDirty>[1]

async function resetLines(request: BuildRequest, context: SourcesContext): Promise<readonly string[]> {
  const removed = await resetDirty(request, context)
  return removed.length === 0 ? ['nothing was kept'] : removed.map((directory) => `removed ${directory}`)
}

async function explainLines(request: BuildRequest, context: SourcesContext): Promise<readonly string[]> {
  const explanations = await explainDirty(request, context)
  return explanations.flatMap(({ output, directory, layers, modified }) => [
    `${output} in ${directory}`,
    ...layers.map(({ action, layer, reason }) =>
      action === 'reuse' ? `  reuse ${layer} (${reason})` : `  ${action} ${layer}: ${reason}`,
    ),
    `  ${modified.length} ${modified.length === 1 ? 'file' : 'files'} modified in work`,
    ...modified.slice(0, shownFiles).map((name) => `    ${name}`),
    ...(modified.length > shownFiles ? [`    and ${modified.length - shownFiles} more`] : []),
  ])
}

const shownFiles = 20
