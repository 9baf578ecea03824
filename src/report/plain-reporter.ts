/** Lines for pipes, CI and dumb terminals: the same words as on a terminal, nothing that moves. */
import type { BuildEvent, Emit } from '../events/index.js'
import { eventLines, type Verbosity } from './event-lines.js'
import { stripControls } from './format.js'
import type { OutputStream } from './output-stream.js'
import type { Style } from './style.js'

export interface PlainReporterOptions {
  readonly stream: OutputStream
  readonly style: Style
  readonly verbosity: Verbosity
  /** GITHUB_ACTIONS: groups and annotations for its log viewer. */
  readonly github: boolean
}

/** A subscriber that writes one line an event; without ESC bytes unless colours were asked for. */
export function createPlainReporter(options: PlainReporterOptions): Emit {
  const { style, verbosity, stream } = options
  return (event) => {
    const lines = eventLines(event, { style, verbosity, scriptOutput: verbosity !== 'quiet' })
    const cleaned = lines.map((line) => stripControls(line, style.colors))
    const annotations = options.github ? annotate(event) : []
    for (const line of [...annotations, ...cleaned]) stream.write(`${line}\n`)
  }
}

function annotate(event: BuildEvent): string[] {
  if (event.type === 'output-started') return [`::group::${event.output}`]
  if (event.type === 'output-finished') return ['::endgroup::']
  if (event.type === 'warning') return [annotation('warning', event.message, event.location)]
  if (event.type !== 'build-failed') return []
  if (event.diagnostics.length === 0) return ['::endgroup::', annotation('error', event.message, undefined)]
  return event.diagnostics.map(({ severity, message, location }) => annotation(severity, message, location))
}

function annotation(level: 'error' | 'warning', message: string, location: string | undefined): string {
  const [, file, line, column] = /^(.*):(\d+):(\d+)$/.exec(location ?? '') ?? []
  const place = file === undefined ? '' : ` file=${file},line=${line},col=${column}`
  // The workflow command ends at a line end, so that one is written as the viewer wants it.
  return `::${level}${place}::${message.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')}`
}
