/** Adds a requirement to an output in the text of a recipe, and changes nothing else of it. */
import { getEntry, parseYaml, type YamlMapping, type YamlNode } from '../../text/index.js'
import { addItem, addList, insertLines } from '../edit-yaml-list.js'

export interface MissingRequirement {
  /** Normalised name of the output. */
  readonly output: string
  readonly section: 'host' | 'run'
  readonly spec: string
}

/** `listed` when it is there already; undefined when it is not clear where the requirements of the output are. */
export function addRequirement(
  text: string,
  missing: MissingRequirement,
): { readonly text: string } | 'listed' | undefined {
  const output = findOutput(text, missing.output)
  if (output === undefined) return undefined
  if (specsOf(output, missing).includes(missing.spec)) return 'listed'
  const edited = edit(text, output, missing)
  const after = findOutput(edited, missing.output)
  // The edit is only worth something when the recipe then says what was meant.
  return after !== undefined && specsOf(after, missing).includes(missing.spec) ? { text: edited } : undefined
}

/** The recipe itself, the only output, or the one that is called so. */
function findOutput(text: string, name: string): YamlMapping | undefined {
  const { root, problems } = parseYaml({ file: 'recipe.yaml', text })
  if (root?.kind !== 'mapping' || problems.some(({ severity }) => severity === 'error')) return undefined
  const outputs = getEntry(root, 'outputs')?.value
  if (outputs === undefined) return root
  const items = outputs.kind === 'sequence' ? outputs.items.filter((item) => item.kind === 'mapping') : []
  const named = items.filter((item) => nameOf(item) === name)
  return named.length === 1 ? named[0] : items.length === 1 ? items[0] : undefined
}

function nameOf(output: YamlMapping): string | undefined {
  const section = getEntry(output, 'package')?.value
  const name = section?.kind === 'mapping' ? getEntry(section, 'name')?.value : undefined
  return name?.kind === 'scalar' ? name.text.toLowerCase() : undefined
}

function requirementsOf(output: YamlMapping): YamlNode | undefined {
  return getEntry(output, 'requirements')?.value
}

function specsOf(output: YamlMapping, { section }: MissingRequirement): readonly string[] {
  const requirements = requirementsOf(output)
  const list = requirements?.kind === 'mapping' ? getEntry(requirements, section)?.value : undefined
  if (list?.kind === 'scalar') return [list.text]
  return list?.kind === 'sequence'
    ? list.items.flatMap((item) => (item.kind === 'scalar' ? [item.text] : []))
    : []
}

function edit(text: string, output: YamlMapping, { section, spec }: MissingRequirement): string {
  const requirements = requirementsOf(output)
  if (requirements?.kind === 'mapping') {
    const list = getEntry(requirements, section)?.value
    return list === undefined
      ? addList(text, requirements, { key: section, item: spec })
      : addItem(text, list, spec)
  }
  // Outputs are written as blocks; one in another style is left to people.
  const start = output.entries[0]?.key.span.start ?? output.span.start
  const indent = ' '.repeat(start - (text.lastIndexOf('\n', start - 1) + 1))
  const end = Math.max(...output.entries.map(({ value }) => value.span.end))
  return insertLines(text, end, [
    `${indent}requirements:`,
    `${indent}  ${section}:`,
    `${indent}    - ${spec}`,
  ])
}
