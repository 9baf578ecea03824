/** What all actions of `krait debug` begin with: a masked context, and failures that are told. */
import path from 'node:path'
import { interpreters } from '../../../interpreters/index.js'
import { type BuildContext, type DebugState, failureEvent, findDebugState } from '../../engine/index.js'
import type { ExitCode } from '../../errors/index.js'
import { createBus } from '../../events/index.js'
import { createCallMasker } from '../call-masker.js'
import { chooseReporter } from '../choose-reporter.js'
import type { Invocation } from '../command.js'
import { openNetwork } from '../open-network.js'

/** @param action its status, which passes through when it is that of a script */
export async function withDebug(
  invocation: Invocation,
  action: (context: BuildContext) => Promise<number>,
): Promise<ExitCode> {
  const { settings, stderr, signal } = invocation
  const masker = createCallMasker(invocation)
  const bus = createBus(masker)
  const reporter = chooseReporter(settings.values, stderr, invocation.system)
  bus.subscribe(reporter.emit)
  const context = { system: openNetwork(invocation, bus), signal, emit: bus.emit, masker, interpreters }
  try {
    return (await action(context)) as ExitCode
  } catch (error) {
    const event = failureEvent(error, undefined, { sources: new Map(), signal })
    bus.emit(event)
    return event.exitCode as ExitCode
  } finally {
    reporter.close()
  }
}

/** The build that `--work-dir` names, or the newest one. @param work absolute or relative, instead of the flag */
export function findBuild(
  { system, settings }: Invocation,
  context: BuildContext,
  work: string | undefined = settings.values.workDir,
): Promise<DebugState> {
  const here = system.host.currentDirectory
  const outputDirectory = path.resolve(here, settings.values.outputDir)
  return findDebugState({ outputDirectory, work: work && path.resolve(here, work) }, context)
}
