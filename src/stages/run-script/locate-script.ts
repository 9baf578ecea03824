/** Finds the lines of the recipe in which the commands of a script stand. */
import type { RenderedOutput } from '../../recipe/index.js'
import { positionAt } from '../../text/index.js'
import type { ScriptText } from './sections.js'

/**
 * A function from a pointer into the script (`/0`, or empty for the whole) to its first line in the recipe.
 * @param base pointer of the script in the rendered recipe: `/build/script` or `/build/steps`
 */
export function createLocator(
  output: Pick<RenderedOutput, 'provenance'>,
  base: string,
  recipeText: string,
): (pointer: string) => ScriptText['origin'] | undefined {
  const { origins } = output.provenance
  return (pointer) => {
    const candidates = [`${base}${pointer}`, `${base}/content${pointer}`, `${base}/content`, base]
    const span = candidates
      .map((candidate) => origins.get(candidate)?.span)
      .find((found) => found !== undefined)
    if (span === undefined) return undefined
    const { line } = positionAt(recipeText, span.start)
    // The text of a block scalar starts in the line after its `|`.
    const isBlock = /^[|>]/.test(recipeText.slice(span.start))
    return { file: span.file, line: isBlock ? line + 1 : line }
  }
}
