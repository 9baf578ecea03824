/** `krait build`: packages from recipes, or only what they would be. */
import path from 'node:path'
import { interpreters } from '../../../interpreters/index.js'
import { buildRecipes, failureEvent, logDirectory, renderOnly } from '../../engine/index.js'
import type { ExitCode } from '../../errors/index.js'
import { createBus } from '../../events/index.js'
import { createEventLog, createMarkdownSummary } from '../../report/index.js'
import { toBuildRequest } from '../build-request.js'
import { createCallMasker } from '../call-masker.js'
import { chooseReporter } from '../choose-reporter.js'
import type { Invocation } from '../command.js'
import { noRecipes, optionsConflict } from '../errors.js'
import { openNetwork } from '../open-network.js'

/** Builds, or renders with `--render-only`; stdout gets only the JSON. */
export async function run(invocation: Invocation): Promise<ExitCode> {
  const { signal, settings, stderr } = invocation
  const { renderOnly: onlyRenders, lock, locked } = settings.values
  if (onlyRenders && (lock !== undefined || locked)) throw optionsConflict('--lock', '--render-only')
  const masker = createCallMasker(invocation)
  const bus = createBus(masker)
  const reporter = chooseReporter(settings.values, stderr, invocation.system)
  bus.subscribe(reporter.emit)
  const system = openNetwork(invocation, bus)
  const context = { system, signal, emit: bus.emit, masker, interpreters }
  try {
    if (settings.values.checkSecrets) {
      const { checkSecrets } = await import('../check-secrets.js')
      return await checkSecrets(invocation, context)
    }
    const request = await toBuildRequest(invocation, reporter.style.colors)
    if (settings.values.renderOnly) return await printRendered(request, invocation, context)
    const log = createEventLog(logDirectory(request.plan.outputDirectory), system)
    bus.subscribe(log.emit)
    const summary = createMarkdownSummary()
    bus.subscribe(summary.emit)
    const { exitCode } = await buildRecipes(request, context)
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

async function printRendered(
  request: Awaited<ReturnType<typeof toBuildRequest>>,
  { settings, stdout }: Invocation,
  context: Parameters<typeof buildRecipes>[1],
): Promise<ExitCode> {
  const sources = new Map<string, string>()
  try {
    const extraMeta = request.build.package.extraMeta ?? {}
    const only = { ...request, withSolve: settings.values.withSolve, extraMeta }
    const json = await renderOnly(only, { ...context, sources })
    if (json === undefined) {
      context.emit({ type: 'warning', ...noRecipes() })
    } else {
      stdout.write(`${json}\n`)
    }
    return 0
  } catch (error) {
    const event = failureEvent(error, undefined, { sources, signal: context.signal })
    context.emit(event)
    return event.exitCode as ExitCode
  }
}
