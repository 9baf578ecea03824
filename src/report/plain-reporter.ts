/** Lines for pipes, CI and dumb terminals: the same words as on a terminal, nothing that moves. */
import type { BuildEvent, Emit } from '../events/index.js'
import { eventLines, type Verbosity } from './event-lines.js'
import { formatPath, stripControls } from './format.js'
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
  let isParallel = false
  return (event) => {
    if (event.type === 'run-started') isParallel = event.jobs !== undefined
    const lines = eventLines(event, { style, verbosity, scriptOutput: verbosity !== 'quiet' })
    const cleaned = lines.map((line) => stripControls(line, style.colors))
    const annotations = options.github ? annotate(event, style.currentDirectory) : []
    // Groups cannot be nested or interleaved.
    const kept = isParallel ? annotations.filter((line) => !/^::(?:end)?group::/.test(line)) : annotations
    const shown = isParallel ? withOutput(cleaned, event) : cleaned
    for (const line of [...kept, ...shown]) stream.write(`${line}\n`)
  }
}

/** Lines of builds that run at the same time come mixed: each one says whose it is. */
function withOutput(lines: readonly string[], event: BuildEvent): readonly string[] {
  const output = 'output' in event ? event.output : undefined
  if (output === undefined || event.type === 'output-skipped') return lines
  return lines.filter((line) => line !== '').map((line) => `${output} | ${line.replace(/^ {2}/, '')}`)
}

function annotate(event: BuildEvent, currentDirectory: string): string[] {
  if (event.type === 'output-started') return [`::group::${event.output}`]
  if (event.type === 'output-finished') return ['::endgroup::']
  if (event.type === 'warning') return [annotation('warning', event.message, event.location)]
  if (event.type !== 'build-failed') return []
  if (event.diagnostics.length === 0) return ['::endgroup::', annotation('error', event.message, undefined)]
  const place = event.details?.location
  // A script's failure knows the line, but is no mistake in a file with a span.
  const script = typeof place === 'string' ? formatLocation(place, currentDirectory) : undefined
  return event.diagnostics.map(({ severity, message, location }) =>
    annotation(severity, message, location ?? script),
  )
}

/** `file:line`, the file relative to the checkout, where the viewer looks for it. */
function formatLocation(place: string, currentDirectory: string): string {
  const [, file = place, line = '1'] = /^(.*):(\d+)$/.exec(place) ?? []
  return `${file.startsWith('/') ? formatPath(file, currentDirectory) : file}:${line}`
}

function annotation(level: 'error' | 'warning', message: string, location: string | undefined): string {
  const [, file, line, column] = /^(.*?):(\d+)(?::(\d+))?$/.exec(location ?? '') ?? []
  const col = column === undefined ? '' : `,col=${column}`
  const place = file === undefined ? '' : ` file=${escapeProperty(file)},line=${line}${col}`
  // The workflow command ends at a line end, so that one is written as the viewer wants it.
  return `::${level}${place}::${message.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')}`
}

function escapeProperty(value: string): string {
  return value.replaceAll('%', '%25').replaceAll(':', '%3A').replaceAll(',', '%2C')
}
