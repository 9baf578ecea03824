/** `krait build`: packages from recipes, or only what they would be. */
import { interpreters } from '../../../interpreters/index.js'
import { buildRecipes, failureEvent, noRecipes, renderOnly, watchBuilds } from '../../engine/index.js'
import type { ExitCode } from '../../errors/index.js'
import { toBuildRequest } from '../build-request.js'
import type { Invocation } from '../command.js'
import { optionsConflict, usageError } from '../errors.js'
import { type Reported, withReporter } from '../with-reporter.js'

/** Builds, or renders with `--render-only`; stdout gets only the JSON. */
export async function run(invocation: Invocation): Promise<ExitCode> {
  const {
    renderOnly: onlyRenders,
    lock,
    locked,
    checkSecrets,
    dirtyExplain,
    dirtyReset,
    watch,
  } = invocation.settings.values
  if (onlyRenders && (lock !== undefined || locked)) throw optionsConflict('--lock', '--render-only')
  if (watch) refuseWithWatch(invocation)
  if (invocation.settings.values.json && !dirtyExplain)
    throw usageError(
      '`--json` belongs to `--dirty-explain`',
      'a build tells its events as JSON with `--log-style json`',
    )
  if (checkSecrets) return withReporter(invocation, (reported) => lookForSecrets(invocation, reported))
  if (onlyRenders) return withReporter(invocation, (reported) => printRendered(invocation, reported))
  if (dirtyExplain || dirtyReset)
    return withReporter(invocation, (reported) => lookAtDirty(invocation, reported))
  // Rendering needs neither the event log nor the summary.
  const { withBuild } = await import('../with-build.js')
  if (watch) return withBuild(invocation, watchBuilds)
  if (invocation.settings.values.onFailure === 'shell') return buildOrShell(invocation)
  return withBuild(invocation, async (request, context) => (await buildRecipes(request, context)).exitCode)
}

async function buildOrShell(invocation: Invocation): Promise<ExitCode> {
  const { buildWithShell } = await import('../build-with-shell.js')
  return buildWithShell(invocation)
}

/** What builds nothing has nothing to repeat, and standard input comes only once. */
function refuseWithWatch({ settings, positionals }: Invocation): void {
  const { renderOnly: renders, checkSecrets, dirtyExplain, dirtyReset, recipe } = settings.values
  const others = {
    '--render-only': renders,
    '--check-secrets': checkSecrets,
    '--dirty-explain': dirtyExplain,
    '--dirty-reset': dirtyReset,
  }
  const [other] = Object.entries(others).find(([, isGiven]) => isGiven) ?? []
  if (other !== undefined) throw optionsConflict('--watch', other)
  if ([...recipe, ...positionals].includes('-')) throw optionsConflict('--watch', '-')
}

async function lookAtDirty(invocation: Invocation, reported: Reported): Promise<ExitCode> {
  const { runDirtyCommand } = await import('../dirty-command.js')
  const request = await toBuildRequest(invocation, reported.style.colors)
  return runDirtyCommand(request, invocation, { ...reported, signal: invocation.signal, interpreters })
}

async function lookForSecrets(invocation: Invocation, reported: Reported): Promise<ExitCode> {
  const { checkSecrets } = await import('../check-secrets.js')
  return checkSecrets(invocation, { ...reported, signal: invocation.signal, interpreters })
}

async function printRendered(invocation: Invocation, reported: Reported): Promise<ExitCode> {
  const { settings, stdout, signal } = invocation
  const { system, emit, masker } = reported
  const request = await toBuildRequest(invocation, reported.style.colors)
  const sources = new Map<string, string>()
  try {
    const extraMeta = request.build.package.extraMeta ?? {}
    const only = { ...request, withSolve: settings.values.withSolve, extraMeta }
    const context = { system, emit, masker, signal, interpreters, sources }
    const json = await renderOnly(only, context)
    if (json === undefined) emit({ type: 'warning', ...noRecipes() })
    else stdout.write(`${json}\n`)
    return 0
  } catch (error) {
    const event = failureEvent(error, undefined, { sources, signal })
    emit(event)
    return event.exitCode as ExitCode
  }
}
