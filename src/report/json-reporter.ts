/** `--log-style json`: one JSON object a line, in the shape rattler-build's users parse, with the event itself added. */
import type { BuildEvent, Emit } from '../events/index.js'
import type { Clock } from '../system/index.js'
import { eventLines, type Verbosity } from './event-lines.js'
import { stripControls } from './format.js'
import type { OutputStream } from './output-stream.js'
import type { Style } from './style.js'

export interface JsonReporterOptions {
  readonly stream: OutputStream
  readonly style: Style
  readonly verbosity: Verbosity
  readonly clock: Clock
}

/** `{timestamp, level, fields: {message}, target, span?, event}` (contract.md 3). */
export function createJsonReporter(options: JsonReporterOptions): Emit {
  const { stream, style, verbosity, clock } = options
  return (event) => {
    if (event.type === 'progress') return
    const lines = eventLines(event, { style, verbosity, scriptOutput: verbosity !== 'quiet' })
    if (verbosity === 'quiet' && lines.length === 0) return
    const message = event.type === 'script-line' ? event.text : lines.join('\n').trim()
    const output = 'output' in event ? event.output : undefined
    const entry = {
      timestamp: new Date(clock.now()).toISOString(),
      level: levelOf(event),
      fields: { message: stripControls(message) || event.type },
      target: 'krait',
      ...(output !== undefined && { span: { name: output } }),
      event,
    }
    stream.write(`${JSON.stringify(entry)}\n`)
  }
}

function levelOf(event: BuildEvent): string {
  if (event.type === 'build-failed') return 'ERROR'
  return event.type === 'warning' ? 'WARN' : 'INFO'
}
