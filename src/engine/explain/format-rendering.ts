/** Decides how a rendered output looks to people: a heading comment and YAML. */
import type { RenderedOutput } from '../../recipe/index.js'
import { formatYaml, type YamlValue } from '../../text/index.js'
import { showText, showVariant } from './show-text.js'

/** YAML documents, one for each output, each below `# <id>  variant: k=v, ...`. */
export function formatRenderings(
  outputs: readonly { readonly id: string; readonly output: RenderedOutput }[],
): string {
  return outputs
    .map(({ id, output }) => {
      const heading = `# ${showText(id)}  variant: ${showVariant(output.variant)}`
      // A rendered recipe is plain JSON by construction.
      return `${heading}\n${formatYaml(output.recipe as unknown as YamlValue, output.provenance.numbers)}`
    })
    .join('---\n')
}
