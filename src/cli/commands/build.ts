/** `krait build`: packages from recipes, or only what they would be. */
import path from 'node:path'
import { interpreters } from '../../../interpreters/index.js'
import {
  type BuildContext,
  type BuildRequest,
  buildRecipes,
  failureEvent,
  fixRecipes,
  logDirectory,
  renderOnly,
} from '../../engine/index.js'
import type { ExitCode } from '../../errors/index.js'
import { createBus } from '../../events/index.js'
import { createEventLog, createMarkdownSummary } from '../../report/index.js'
import type { LinkingFix } from '../../stages/write-package/index.js'
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
    const fixes: LinkingFix[] = []
    const onLinkingFix = settings.values.fix ? { onLinkingFix: (fix: LinkingFix) => fixes.push(fix) } : {}
    const { exitCode } = await buildRecipes(withPackageOptions(request, onLinkingFix), context)
    if (fixes.length > 0) await applyFixes(fixes, context)
    await log.close()
    await appendSummary(summary.text(), invocation)
    return exitCode
  } finally {
    reporter.close()
  }
}

function withPackageOptions(
  request: BuildRequest,
  options: Partial<BuildRequest['build']['package']>,
): BuildRequest {
  return { ...request, build: { ...request.build, package: { ...request.build.package, ...options } } }
}

async function applyFixes(fixes: readonly LinkingFix[], { system, emit }: BuildContext): Promise<void> {
  for (const { recipePath, spec, section, library, line } of await fixRecipes(fixes, { system })) {
    const what = `\`${spec}\` to \`requirements.${section}\``
    const text =
      line === undefined
        ? `add ${what} of ${recipePath} for ${library}: where that is was not clear`
        : `added ${what}, ${recipePath}:${line}, for ${library}; build again`
    emit({ type: 'note', text })
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
