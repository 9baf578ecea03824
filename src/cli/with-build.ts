/** What every command that builds has around its work: the reporter, the event log, the summary for people. */
import path from 'node:path'
import { interpreters } from '../../interpreters/index.js'
import { type BuildContext, type BuildRequest, failureEvent, logDirectory } from '../engine/index.js'
import type { ExitCode } from '../errors/index.js'
import { createBus } from '../events/index.js'
import { createEventLog, createMarkdownSummary } from '../report/index.js'
import type { LinkingFix } from '../stages/write-package/index.js'
import { toBuildRequest } from './build-request.js'
import { createCallMasker } from './call-masker.js'
import { chooseReporter } from './choose-reporter.js'
import type { Invocation } from './command.js'
import { applyFixes, collectFixes } from './linking-fixes.js'
import { openNetwork } from './open-network.js'

/** Runs `work` with what was asked for; what it throws becomes an event and an exit code. */
export async function withBuild(
  invocation: Invocation,
  work: (request: BuildRequest, context: BuildContext) => Promise<ExitCode>,
): Promise<ExitCode> {
  const { signal, settings, stderr } = invocation
  const masker = createCallMasker(invocation)
  const bus = createBus(masker)
  const reporter = chooseReporter(settings.values, stderr, invocation.system)
  bus.subscribe(reporter.emit)
  const system = openNetwork(invocation, bus)
  const context = { system, signal, emit: bus.emit, masker, interpreters }
  try {
    const request = await toBuildRequest(invocation, reporter.style.colors)
    const log = createEventLog(logDirectory(request.plan.outputDirectory), system)
    bus.subscribe(log.emit)
    const summary = createMarkdownSummary()
    bus.subscribe(summary.emit)
    const fixes: LinkingFix[] = []
    const wanted = settings.values.fix ? collectFixes(request, fixes) : request
    const exitCode = await work(wanted, context).catch((error: unknown) => {
      const event = failureEvent(error, undefined, { sources: new Map(), signal })
      bus.emit(event)
      return event.exitCode as ExitCode
    })
    if (fixes.length > 0) await applyFixes(fixes, context)
    await log.close()
    await appendSummary(summary.text(), invocation)
    return exitCode
  } finally {
    reporter.close()
  }
}

async function appendSummary(text: string, { settings, system }: Invocation): Promise<void> {
  const { markdownSummary: file } = settings.values
  if (file !== undefined) await system.fs.appendFile(path.resolve(system.host.currentDirectory, file), text)
}
