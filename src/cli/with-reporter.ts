/** Runs the work of a command with a place for its events, and turns what it throws into an exit code. */
import { failureEvent } from '../engine/index.js'
import type { ExitCode } from '../errors/index.js'
import { createBus, type Emit, type Masker } from '../events/index.js'
import type { Style } from '../report/index.js'
import type { System } from '../system/index.js'
import { createCallMasker } from './call-masker.js'
import { chooseReporter } from './choose-reporter.js'
import type { Invocation } from './command.js'
import { openNetwork } from './open-network.js'

export interface Reported {
  /** With the network of the settings. */
  readonly system: System
  readonly signal: AbortSignal
  readonly emit: Emit
  readonly masker: Masker
  /** How the reporter writes; tools that are started may use colours when it does. */
  readonly style: Style
}

export interface ReportOptions {
  /** What already knows the secrets of the call; a new one when absent. */
  readonly masker?: Masker
  /** Texts that failures point into, by the name they are shown under; may be filled while the work goes on. */
  readonly sources?: Map<string, string>
  /** What failures are about. */
  readonly output?: string
  /** What failures of the machine count as; without it, the stage that was started last. */
  readonly stage?: 'install' | 'sources'
}

/** What the work gives, or the exit code of what it threw. */
export async function withReporter<T extends object | ExitCode>(
  invocation: Invocation,
  work: (reported: Reported) => Promise<T>,
  options: ReportOptions = {},
): Promise<T | ExitCode> {
  const { signal, settings, stderr } = invocation
  const { masker = createCallMasker(invocation), sources = new Map(), output } = options
  const bus = createBus(masker)
  const reporter = chooseReporter(settings.values, stderr, invocation.system)
  bus.subscribe(reporter.emit)
  const progress: { stage: string | undefined } = { stage: options.stage }
  bus.subscribe((event) => {
    if (event.type === 'stage-started') progress.stage = options.stage ?? event.stage
  })
  try {
    const system = openNetwork(invocation, bus)
    return await work({ system, signal, emit: bus.emit, masker, style: reporter.style })
  } catch (error) {
    const event = failureEvent(error, output, { sources, signal, stage: progress.stage })
    bus.emit(event)
    return event.exitCode as ExitCode
  } finally {
    reporter.close()
  }
}
