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
  readonly emit: Emit
  readonly masker: Masker
  /** How the reporter writes; tools that are started may use colours when it does. */
  readonly style: Style
}

/**
 * For commands without recipes: failures have no places in files.
 * @param stage what failures of the machine count as
 */
export async function withReporter(
  invocation: Invocation,
  work: (reported: Reported) => Promise<ExitCode>,
  stage?: 'install',
): Promise<ExitCode> {
  const { signal, settings, stderr } = invocation
  const masker = createCallMasker(invocation)
  const bus = createBus(masker)
  const reporter = chooseReporter(settings.values, stderr, invocation.system)
  bus.subscribe(reporter.emit)
  try {
    return await work({ system: openNetwork(invocation, bus), emit: bus.emit, masker, style: reporter.style })
  } catch (error) {
    const event = failureEvent(error, undefined, { sources: new Map(), signal, stage })
    bus.emit(event)
    return event.exitCode as ExitCode
  } finally {
    reporter.close()
  }
}
