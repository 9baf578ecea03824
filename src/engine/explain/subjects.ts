/** Decides which outputs a question is about. */
import type { RenderedOutput } from '../../recipe/index.js'
import { closest } from '../../text/index.js'
import type { SourceTexts } from '../locate-diagnostics.js'
import type { RenderedRecipe } from '../render-recipes.js'
import { ambiguousOutput, unknownOutput } from './errors.js'
import type { ExplainSubject } from './types.js'

/** What can be asked for by name. */
interface Named {
  readonly id: string
  readonly output: RenderedOutput
}

/**
 * The outputs that would be built; the skipped ones as well when all are skipped or `path` is about that, so that one
 * can ask why.
 */
export function toSubjects(
  recipes: readonly RenderedRecipe[],
  texts: SourceTexts,
  path?: string,
): readonly ExplainSubject[] {
  const isAboutSkip = path?.startsWith('build.skip') === true
  const all = recipes.flatMap(({ outputs, loaded, options }) =>
    outputs.map((output) => ({ id: idOf(output), output, recipe: loaded, options, texts })),
  )
  const built = all.filter(({ output }) => !output.skip)
  return built.length > 0 && !isAboutSkip ? built : all
}

/**
 * Outputs with this name or id, else those whose id begins with it; all when nothing is asked for.
 * @throws BuildError `usage/unknown-output`
 */
export function selectOutputs<T extends Named>(all: readonly T[], wanted: string | undefined): readonly T[] {
  if (wanted === undefined) return all
  const exact = all.filter(
    ({ id, output }) => id === wanted || output.recipe.package.name.toLowerCase() === wanted.toLowerCase(),
  )
  const selected = exact.length > 0 ? exact : all.filter(({ id }) => wanted !== '' && id.startsWith(wanted))
  if (selected.length > 0) return selected
  const names = all.flatMap(({ id, output }) => [id, output.recipe.package.name])
  throw unknownOutput(wanted, closest(wanted, names))
}

/** The only output with this name or id. @throws BuildError `usage/unknown-output`, `usage/ambiguous-output` */
export function selectOutput<T extends Named>(all: readonly T[], wanted: string): T {
  const selected = selectOutputs(all, wanted)
  const [only] = selected
  if (only === undefined || selected.length > 1) {
    throw ambiguousOutput(
      wanted,
      selected.map(({ id }) => id),
    )
  }
  return only
}

function idOf({ recipe, hash, skip }: RenderedOutput): string {
  const { name, version } = recipe.package
  return `${name.toLowerCase()}-${version}-${skip ? `skipped_h${hash.hash}` : recipe.build.string}`
}
