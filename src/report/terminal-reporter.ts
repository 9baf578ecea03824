/** The view on a terminal: finished steps stay, the running one moves. */
import type { BuildEvent, Emit, StageName } from '../events/index.js'
import type { Clock } from '../system/index.js'
import { eventLines, type Verbosity } from './event-lines.js'
import { formatCount, formatDuration, formatSize, stripControls } from './format.js'
import { createLiveRegion } from './live-region.js'
import { createManyView, type ManyView } from './many-view.js'
import type { OutputStream } from './output-stream.js'
import type { Style } from './style.js'

export interface TerminalReporterOptions {
  readonly stream: OutputStream
  readonly style: Style
  readonly verbosity: Verbosity
  readonly clock: Clock
}

export interface TerminalReporter {
  readonly emit: Emit
  /** Takes the moving part away; to be called before the process ends. */
  close(): void
}

const frameMs = 80
/** Of a script's output, while it runs. */
const tailLines = 12

type Progress = Extract<BuildEvent, { type: 'progress' }>

interface View {
  stage: StageName | undefined
  startedMs: number
  frame: number
  tail: string[]
  progress: (Progress & { readonly firstMs: number }) | undefined
}

/** Shows script output live under its step and lets it collapse when the step succeeds; `-v` keeps all of it. */
export function createTerminalReporter(options: TerminalReporterOptions): TerminalReporter {
  const { clock, style, verbosity } = options
  const region = createLiveRegion(options.stream)
  const view: View = { stage: undefined, startedMs: 0, frame: 0, tail: [], progress: undefined }
  let many: ManyView | undefined
  const redraw = () => {
    view.frame += 1
    if (many) region.draw(many.lines(view.frame))
    else region.draw(view.stage ? liveLines(view, style, clock) : [])
  }
  const timer = verbosity === 'quiet' ? undefined : setInterval(redraw, frameMs)
  timer?.unref()
  return {
    emit: (event) => {
      if (event.type === 'run-started' && event.jobs !== undefined)
        many = createManyView(event.outputs, { style, clock })
      follow(event, view, clock)
      many?.follow(event)
      const shown = eventLines(event, { style, verbosity, scriptOutput: verbosity === 'verbose' })
      const lines = many ? many.lasting(event, shown, verbosity) : shown
      if (lines.length > 0) region.write(lines)
    },
    close: () => {
      clearInterval(timer)
      region.clear()
    },
  }
}

function follow(event: BuildEvent, view: View, clock: Clock): void {
  switch (event.type) {
    case 'stage-started':
      view.stage = event.stage
      view.startedMs = clock.monotonic()
      view.tail = []
      view.progress = undefined
      break
    case 'stage-finished':
    case 'build-failed':
    case 'run-finished':
    case 'environment-ready':
      view.stage = undefined
      view.tail = []
      view.progress = undefined
      break
    case 'script-line':
      view.tail = [...view.tail, stripControls(event.text)].slice(-tailLines)
      break
    case 'progress':
      view.progress = {
        ...event,
        firstMs: isSameWork(event, view) ? (view.progress?.firstMs ?? 0) : clock.monotonic(),
      }
      break
  }
}

function isSameWork(event: Progress, { progress }: View): boolean {
  return progress?.action === event.action && progress.subject === event.subject
}

function liveLines(view: View, style: Style, clock: Clock): string[] {
  const { dim, cyan } = style.paint
  const spinner = style.symbol.spinner[view.frame % style.symbol.spinner.length] ?? ''
  const elapsed = formatDuration(clock.monotonic() - view.startedMs)
  const what = view.progress ? progressText(view.progress, clock) : elapsed
  const status = `  ${cyan(spinner)} ${(view.stage ?? '').padEnd(10)} ${what}`
  return [...view.tail.map((line) => dim(`    ${style.symbol.bar} ${line}`)), status]
}

/** `compressing 412 of 721 MB  57 %  8.1 MB/s  38 s left` */
function progressText(progress: Progress & { firstMs: number }, clock: Clock): string {
  const { done, total, unit } = progress
  const amount = (value: number) => (unit === 'bytes' ? formatSize(value) : formatCount(value))
  const parts = [`${participles[progress.action]} ${progress.subject}`]
  parts.push(total === undefined ? amount(done) : `${amount(done)} of ${amount(total)}`)
  if (total) parts.push(`${Math.floor((done / total) * 100)} %`)
  const seconds = (clock.monotonic() - progress.firstMs) / 1000
  if (unit === 'bytes' && seconds > 1) {
    const rate = done / seconds
    parts.push(`${formatSize(rate)}/s`)
    if (total && rate > 0) parts.push(`${Math.ceil((total - done) / rate)} s left`)
  }
  return parts.join('  ')
}

const participles: Record<Progress['action'], string> = {
  download: 'downloading',
  extract: 'extracting',
  compress: 'compressing',
  index: 'indexing',
  link: 'linking',
  hash: 'hashing',
}
