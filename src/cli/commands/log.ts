/** `krait log`: what a build told, out of its event log. */
import path from 'node:path'
import { listBuilds, type PastBuild, type PlacedEvent, selectBuild, watchLog } from '../../engine/index.js'
import type { ExitCode } from '../../errors/index.js'
import { createStyle, eventLines, formatElapsed, stripControls, wantsColors } from '../../report/index.js'
import { parseElapsed, parseSince } from '../../settings/index.js'
import type { Invocation } from '../command.js'
import { optionsConflict, usageError } from '../errors.js'
import { explainMissing, isOfStep, noteStep, type StepFacts } from '../missing-step.js'
import { type Reported, withReporter } from '../with-reporter.js'

/** Ends with 130 when somebody stopped following. */
export function run(invocation: Invocation): Promise<ExitCode> {
  const { positionals, settings, signal } = invocation
  const { follow, atTime, outputDir } = settings.values
  const [wanted, extra] = positionals
  if (extra !== undefined) throw usageError(`unexpected argument '${extra}': \`krait log\` shows one build`)
  if (follow && atTime !== undefined) throw optionsConflict('--follow', '--at')
  const keeps = wantedEvents(invocation)
  return withReporter(invocation, async (reported) => {
    const directory = path.resolve(reported.system.host.currentDirectory, outputDir)
    const build = selectBuild(await listBuilds(directory, reported.system), wanted, directory)
    const show = createPrinter(build, invocation, reported)
    const context = { system: reported.system, signal }
    const { logStep } = settings.values
    const facts: StepFacts = { hasRun: false, reused: undefined, hasEnded: false }
    await watchLog(build, { follow }, context, (placed) => {
      noteStep(facts, placed, logStep)
      if (keeps(placed.event.at, build) && isOfStep(placed, logStep)) show.take(placed)
    })
    show.end()
    await showMissing(build, facts, { invocation, reported, keeps })
    return follow && signal.aborted ? 130 : 0
  })
}

type Keeps = (at: number, build: PastBuild) => boolean

function wantedEvents({ settings, system }: Invocation): Keeps {
  const { since, atTime } = settings.values
  const fromMs = since === undefined ? undefined : parseSince(since, '--since', system.clock.now())
  const untilMs = atTime === undefined ? undefined : parseElapsed(atTime, '--at')
  return (at, { startedMs }) =>
    (fromMs === undefined || at >= fromMs) && (untilMs === undefined || at - startedMs <= untilMs)
}

interface Looking {
  readonly invocation: Invocation
  readonly reported: Reported
  readonly keeps: Keeps
}

/** Says that the step is not in the log, and shows what an earlier build told there. */
async function showMissing(build: PastBuild, facts: StepFacts, looking: Looking): Promise<void> {
  const { invocation, reported, keeps } = looking
  const { logStep, atTime } = invocation.settings.values
  if (facts.hasRun || logStep === undefined || atTime !== undefined) return
  const { text, earlier } = await explainMissing(build, facts, logStep, reported)
  reported.emit({ type: 'note', text })
  if (earlier === undefined) return
  const show = createPrinter(earlier.build, invocation, reported)
  for (const placed of earlier.told) if (keeps(placed.event.at, earlier.build)) show.take(placed)
  show.end()
}

interface Printer {
  readonly take: (placed: PlacedEvent) => void
  readonly end: () => void
}

/** With `--at` only the last events are printed, and the last line says what was running. */
function createPrinter(build: PastBuild, invocation: Invocation, reported: Reported): Printer {
  const { settings, stdout } = invocation
  const { atTime } = settings.values
  const show = createFormatter(build, invocation, reported)
  const write = (text: string) => stdout.write(reported.masker.maskText(text))
  if (atTime === undefined) return { take: (placed) => write(show(placed)), end: () => {} }
  let shown: string[] = []
  let latest: PlacedEvent | undefined
  return {
    take: (placed) => {
      latest = placed
      const text = show(placed)
      if (text !== '') shown = [...shown.slice(1 - eventsAt), text]
    },
    end: () => {
      const last = `at ${formatElapsed(parseElapsed(atTime, '--at'))}: ${runningAt(latest)}\n`
      write([...shown, ...(settings.values.json ? [] : [last])].join(''))
    },
  }
}

/** How many events `--at` shows. */
const eventsAt = 20

function runningAt(latest: PlacedEvent | undefined): string {
  if (latest === undefined) return 'nothing was told yet'
  const { event, stage } = latest
  if (ends.has(event.type)) return 'the build had ended'
  if (stage === undefined || event.type === 'stage-finished') return 'between two stages'
  return `${stage} was running`
}

const ends: ReadonlySet<string> = new Set(['output-finished', 'build-failed', 'run-finished'])

/** The lines of an event, each with the time since the start of the build; or the event as JSON. */
function createFormatter(
  { startedMs }: PastBuild,
  { settings, stdout, system }: Invocation,
  { style }: Reported,
): (placed: PlacedEvent) => string {
  const { json, verbose, color } = settings.values
  const colors = wantsColors(color, system.env, stdout.isTerminal)
  const width = (stdout.columns() ?? 100) - timeWidth
  const { currentDirectory } = style
  const own = createStyle({ colors, width, currentDirectory, env: system.env })
  const options = { style: own, verbosity: verbose > 0 ? 'verbose' : 'normal', scriptOutput: true } as const
  return ({ event }) => {
    if (json) return `${JSON.stringify(event)}\n`
    const time = formatElapsed(event.at - startedMs)
    return linesOf(event, options)
      .filter((line) => line !== '')
      .map((line) => `${time}  ${stripControls(line, colors)}\n`)
      .join('')
  }
}

const timeWidth = 10

/** A log can hold events of another version of krait, which have another shape: there are no words for them. */
function linesOf(event: PlacedEvent['event'], options: Parameters<typeof eventLines>[1]): readonly string[] {
  try {
    return eventLines(event, options)
  } catch {
    return []
  }
}
