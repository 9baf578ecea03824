/** `krait bump-recipe`: a recipe for the next version. */
import { interpreters } from '../../../interpreters/index.js'
import { type Bump, type BumpOptions, bumpRecipe } from '../../engine/index.js'
import type { ExitCode } from '../../errors/index.js'
import { toBuildRequest } from '../build-request.js'
import type { Invocation } from '../command.js'
import { type Reported, withReporter } from '../with-reporter.js'

/** Prints the lines that change; `--dry-run` changes nothing. */
export async function run(invocation: Invocation): Promise<ExitCode> {
  const { settings, stdout } = invocation
  const { newVersion: version, json, keepBuildNumber, dryRun, checkOnly, includePrerelease } = settings.values
  const options = { version, keepBuildNumber, dryRun, checkOnly, includePrerelease }
  const sources = new Map<string, string>()
  const bumpIt = async (reported: Reported): Promise<ExitCode> => {
    const request = await toBuildRequest(invocation, false)
    const bump = await bumpRecipe(request, options, { ...reported, interpreters, sources })
    const shown = json ? `${JSON.stringify(bump, null, 2)}\n` : describe(bump, options)
    stdout.write(reported.masker.maskText(shown))
    return 0
  }
  return withReporter(invocation, bumpIt, { sources, stage: 'sources' })
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
