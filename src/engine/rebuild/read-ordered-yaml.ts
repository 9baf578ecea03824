/** Reads YAML as data that is written again as it was: keys keep their order, numbers their spelling. */
import { type Json, parseYaml, positionAt, type YamlNode } from '../../text/index.js'
import { typedScalar } from '../read-yaml-data.js'

export interface OrderedYaml {
  readonly data: Json
  /** By JSON pointer, numbers that JavaScript would write otherwise. */
  readonly numbers: ReadonlyMap<string, string>
}

/** @throws Error with line and column for a text that is no YAML */
export function readOrderedYaml(text: string): OrderedYaml {
  const { root, problems } = parseYaml({ file: 'rendered_recipe.yaml', text })
  const problem = problems.find(({ severity }) => severity === 'error')
  if (problem !== undefined) {
    const { line, column } = positionAt(text, problem.span.start)
    throw new Error(`${line}:${column}: ${problem.message}`)
  }
  const numbers = new Map<string, string>()
  return { data: root === undefined ? null : toData(root, '', numbers), numbers }
}

function toData(node: YamlNode, pointer: string, numbers: Map<string, string>): Json {
  if (node.kind === 'sequence')
    return node.items.map((item, index) => toData(item, `${pointer}/${index}`, numbers))
  if (node.kind === 'mapping')
    return Object.fromEntries(
      node.entries.map(({ key, value }) => {
        const name = key.text.replaceAll('~', '~0').replaceAll('/', '~1')
        return [key.text, toData(value, `${pointer}/${name}`, numbers)]
      }),
    )
  const value = node.plain ? typedScalar(node.text) : node.text
  if (typeof value === 'number' && String(value) !== node.text) numbers.set(pointer, node.text)
  return value
}
