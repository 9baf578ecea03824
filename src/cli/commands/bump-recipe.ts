/** `krait bump-recipe`: a recipe for the next version. */
import { interpreters } from '../../../interpreters/index.js'
import { type Bump, type BumpOptions, bumpRecipe, failureEvent } from '../../engine/index.js'
import type { ExitCode } from '../../errors/index.js'
import { createBus } from '../../events/index.js'
import { toBuildRequest } from '../build-request.js'
import { createCallMasker } from '../call-masker.js'
import { chooseReporter } from '../choose-reporter.js'
import type { Invocation } from '../command.js'
import { openNetwork } from '../open-network.js'

/** Prints the lines that change; `--dry-run` changes nothing. */
export async function run(invocation: Invocation): Promise<ExitCode> {
  const { settings, stdout, stderr, signal } = invocation
  const { newVersion: version, json, keepBuildNumber, dryRun, checkOnly, includePrerelease } = settings.values
  const options = { version, keepBuildNumber, dryRun, checkOnly, includePrerelease }
  const masker = createCallMasker(invocation)
  const bus = createBus(masker)
  const reporter = chooseReporter(settings.values, stderr, invocation.system)
  bus.subscribe(reporter.emit)
  const sources = new Map<string, string>()
  const system = openNetwork(invocation, bus)
  const context = { system, signal, emit: bus.emit, masker, interpreters, sources }
  try {
    const request = await toBuildRequest(invocation, false)
    const bump = await bumpRecipe(request, options, context)
    const shown = json ? `${JSON.stringify(bump, null, 2)}\n` : describe(bump, options)
    stdout.write(masker.maskText(shown))
    return 0
  } catch (error) {
    const event = failureEvent(error, undefined, { sources, signal, stage: 'sources' })
    bus.emit(event)
    return event.exitCode as ExitCode
  } finally {
    reporter.close()
  }
}

function describe(
  { recipe, from, to, listedBy, changes }: Bump,
  { dryRun, checkOnly }: Pick<BumpOptions, 'dryRun' | 'checkOnly'>,
): string {
  const where = listedBy === undefined ? '' : ` (${listedBy})`
  if (to === from)
    return `no new version: ${recipe} has ${from}${listedBy === undefined ? ' already' : `, the newest${where}`}\n`
  if (checkOnly) return `new version: ${to}${where}; ${recipe} has ${from}\n`
  const lines = changes.flatMap(({ line, before, after }) => [
    `${recipe}:${line}`,
    `  - ${before}`,
    `  + ${after}`,
  ])
  return `${[...lines, `${dryRun ? 'would change' : 'changed'} ${recipe} from ${from} to ${to}${where}`].join('\n')}\n`
}
