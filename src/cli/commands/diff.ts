/** `krait diff`: what differs between two builds, variants or packages, and because of what. */
import path from 'node:path'
import {
  compareBuilds,
  compareVariants,
  formatBuildDifference,
  formatVariantDifference,
  isCompared,
  toSubjects,
} from '../../engine/index.js'
import type { ExitCode } from '../../errors/index.js'
import { stripControls } from '../../report/index.js'
import type { Invocation } from '../command.js'
import { usageError } from '../errors.js'
import { formatPackageDiff } from '../package/format-diff.js'
import { renderCall } from '../render-call.js'
import { withReporter } from '../with-reporter.js'

/** Ends with 9 when something differs. A third word, or a word that is no build, makes them variants of a recipe. */
export async function run(invocation: Invocation): Promise<ExitCode> {
  const { positionals, settings, system } = invocation
  const [before, after, ...recipes] = positionals
  if (before === undefined || after === undefined)
    throw usageError(`\`krait diff\` compares two builds, variants or packages, not ${positionals.length}`)
  const { outputDir, recipe, recipeDir } = settings.values
  const outputDirectory = path.resolve(system.host.currentDirectory, outputDir)
  const namesRecipe = recipes.length > 0 || recipe.length > 0 || recipeDir !== undefined
  const isBuild = (word: string) => isCompared(word, { outputDirectory }, { system })
  const hasRecipe =
    namesRecipe || (await isFile(path.join(system.host.currentDirectory, 'recipe.yaml'), invocation))
  if (namesRecipe || (hasRecipe && !((await isBuild(before)) && (await isBuild(after)))))
    return diffVariants([before, after], { ...invocation, positionals: recipes })
  return diffBuilds([before, after], outputDirectory, invocation)
}

async function isFile(file: string, { system }: Invocation): Promise<boolean> {
  return (await system.fs.stat(file))?.type === 'file'
}

function diffBuilds(
  [before, after]: readonly [string, string],
  outputDirectory: string,
  invocation: Invocation,
): Promise<ExitCode> {
  const { settings, stdout, signal } = invocation
  return withReporter(invocation, async ({ system, emit, masker }) => {
    const difference = await compareBuilds(before, after, { outputDirectory }, { system, emit, signal })
    const { content } = difference
    const text = settings.values.json
      ? `${JSON.stringify(difference, null, 2)}\n`
      : stripControls(formatBuildDifference(difference, content && formatPackageDiff(content)))
    stdout.write(masker.maskText(text))
    return difference.isSame ? 0 : 9
  })
}

async function diffVariants(
  [before, after]: readonly [string, string],
  invocation: Invocation,
): Promise<ExitCode> {
  const call = await renderCall(invocation, invocation.positionals)
  if (typeof call === 'number') return call
  const subjects = toSubjects(call.recipes, call.texts)
  const difference = compareVariants(before, after, subjects)
  const text = invocation.settings.values.json
    ? `${JSON.stringify(call.masker.maskData(difference), null, 2)}\n`
    : call.masker.maskText(formatVariantDifference(difference))
  invocation.stdout.write(text)
  return difference.isSame ? 0 : 9
}
