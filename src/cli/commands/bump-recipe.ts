/** `krait bump-recipe`: a recipe for the next version. */
import { interpreters } from '../../../interpreters/index.js'
import { type Bump, bumpRecipe, failureEvent } from '../../engine/index.js'
import type { ExitCode } from '../../errors/index.js'
import { createBus } from '../../events/index.js'
import { toBuildRequest } from '../build-request.js'
import { createCallMasker } from '../call-masker.js'
import { chooseReporter } from '../choose-reporter.js'
import type { Invocation } from '../command.js'
import { usageError } from '../errors.js'
import { openNetwork } from '../open-network.js'

/** Prints the lines that change; `--dry-run` changes nothing. */
export async function run(invocation: Invocation): Promise<ExitCode> {
  const { settings, stdout, stderr, signal } = invocation
  const { newVersion: version, keepBuildNumber, dryRun, json } = settings.values
  if (version === undefined)
    throw usageError('the new version is missing: `--version X`; krait does not look for new versions itself')
  const masker = createCallMasker(invocation)
  const bus = createBus(masker)
  const reporter = chooseReporter(settings.values, stderr, invocation.system)
  bus.subscribe(reporter.emit)
  const sources = new Map<string, string>()
  const system = openNetwork(invocation, bus)
  const context = { system, signal, emit: bus.emit, masker, interpreters, sources }
  try {
    const request = await toBuildRequest(invocation, false)
    const bump = await bumpRecipe(request, { version, keepBuildNumber, dryRun }, context)
    const shown = json ? `${JSON.stringify(bump, null, 2)}\n` : describe(bump, dryRun)
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

function describe({ recipe, from, to, changes }: Bump, dryRun: boolean): string {
  if (changes.length === 0) return `no new version: ${recipe} has ${from} already\n`
  const lines = changes.flatMap(({ line, before, after }) => [
    `${recipe}:${line}`,
    `  - ${before}`,
    `  + ${after}`,
  ])
  return `${[...lines, `${dryRun ? 'would change' : 'changed'} ${recipe} from ${from} to ${to}`].join('\n')}\n`
}
