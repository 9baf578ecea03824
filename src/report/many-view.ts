/** The live table of a run that builds several outputs at the same time: what runs, and how many wait and are done. */
import type { BuildEvent, StageName } from '../events/index.js'
import type { Clock } from '../system/index.js'
import type { Verbosity } from './event-lines.js'
import { formatDuration, stripControls } from './format.js'
import { justify } from './stage-line.js'
import type { Style } from './style.js'

export interface ManyView {
  follow(event: BuildEvent): void
  /** The table now. @param frame counts the drawings, for the spinner */
  lines(frame: number): string[]
  /** What of an event stays above the table. @param lines of the event as a run of single outputs shows them */
  lasting(event: BuildEvent, lines: readonly string[], verbosity: Verbosity): readonly string[]
}

interface Row {
  readonly startedMs: number
  stage: StageName | undefined
  /** Its script's last line. */
  last: string
}

interface State {
  readonly count: number
  /** Outputs with a stage that runs. */
  readonly rows: Map<string, Row>
  /** Outputs that were started and have not ended. */
  readonly open: Set<string>
  done: number
  failed: number
  skipped: number
}

interface Look {
  readonly style: Style
  readonly clock: Clock
}

/** More rows could be higher than the terminal, where they cannot be drawn over. */
const mostRows = 12

/** @param count of all outputs of the run */
export function createManyView(count: number, look: Look): ManyView {
  const state: State = { count, rows: new Map(), open: new Set(), done: 0, failed: 0, skipped: 0 }
  return {
    follow: (event) => follow(event, state, look),
    lines: (frame) => (state.count === 0 ? [] : tableLines(state, frame, look)),
    lasting: (event, lines, verbosity) => lasting(event, { lines, verbosity }, look),
  }
}

function follow(event: BuildEvent, state: State, { clock }: Look): void {
  const output = 'output' in event ? event.output : undefined
  switch (event.type) {
    case 'output-started':
      state.open.add(event.output)
      break
    case 'stage-started':
      state.rows.set(event.output, { startedMs: clock.monotonic(), stage: event.stage, last: '' })
      break
    case 'stage-finished':
      // Between two stages there is nothing to see, but the row stays; behind the last two the output may have to wait.
      if (event.stage === 'package' || event.stage === 'test') state.rows.delete(event.output)
      break
    case 'script-line': {
      const row = state.rows.get(event.output)
      if (row) row.last = stripControls(event.text).trim()
      break
    }
    case 'output-finished':
      state.done += 1
      close(output, state)
      break
    case 'output-skipped':
      if (event.cause === undefined) state.done += 1
      else state.skipped += 1
      close(output, state)
      break
    case 'build-failed':
      if (output !== undefined) state.failed += 1
      close(output, state)
      break
    case 'run-finished':
      state.rows.clear()
      state.open.clear()
      break
  }
}

function close(output: string | undefined, { rows, open }: State): void {
  if (output === undefined) return
  rows.delete(output)
  open.delete(output)
}

function tableLines(state: State, frame: number, { style, clock }: Look): string[] {
  const { rows, open, count, done, failed, skipped } = state
  const { cyan, dim } = style.paint
  const spinner = style.symbol.spinner[frame % style.symbol.spinner.length] ?? ''
  const width = Math.max(0, ...[...rows.keys()].map(({ length }) => length))
  const running = [...rows].slice(0, mostRows).map(([output, { stage = '', startedMs, last }]) => {
    const elapsed = formatDuration(clock.monotonic() - startedMs).padStart(8)
    return `  ${cyan(spinner)} ${output.padEnd(width)}  ${stage.padEnd(8)}${elapsed}  ${dim(last)}`.trimEnd()
  })
  const more = rows.size > mostRows ? [`    and ${rows.size - mostRows} more`] : []
  const waiting = Math.max(0, count - open.size - done - failed - skipped)
  const untested = open.size - rows.size
  const counts = [
    `${rows.size} running`,
    ...(untested > 0 ? [`${untested} built`] : []),
    `${waiting} waiting`,
    `${done} done`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(skipped > 0 ? [`${skipped} skipped`] : []),
  ]
  return [...running, ...more, `  ${counts.join(` ${style.symbol.dot} `)}`]
}

/** One line for an output that is ready; stages and script lines only when everything is wanted. */
function lasting(
  event: BuildEvent,
  { lines, verbosity }: { readonly lines: readonly string[]; readonly verbosity: Verbosity },
  { style }: Look,
): readonly string[] {
  if (verbosity === 'quiet') return lines
  if (event.type === 'output-finished') {
    const left = `  ${style.paint.green(style.symbol.ok)} ${event.output}`
    return [justify(left, style.paint.dim(formatDuration(event.ms)), style)]
  }
  const output = 'output' in event ? event.output : undefined
  const isStep = event.type === 'output-started' || event.type === 'stage-finished' || event.type === 'note'
  if (isStep && output !== undefined && verbosity === 'normal') return []
  if (output === undefined || event.type === 'output-skipped') return lines
  // Its commands are there to be pasted.
  if (event.type === 'build-failed') return [style.paint.bold(output), ...lines]
  return lines.filter((line) => line !== '').map((line) => `${output} | ${line.replace(/^ {2}/, '')}`)
}
