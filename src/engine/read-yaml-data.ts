/** Reads a YAML file as data: plain scalars are typed as YAML 1.2 does it, keys are sorted. */
import { type Json, parseYaml, positionAt, type SourceText, type YamlNode } from '../text/index.js'

/** The data of the first document. @throws Error with line and column for files that are no YAML */
export function readYamlData(source: SourceText): Json {
  const { root, problems } = parseYaml(source)
  const problem = problems.find(({ severity }) => severity === 'error')
  if (problem === undefined) return root === undefined ? null : toData(root)
  const { line, column } = positionAt(source.text, problem.span.start)
  throw new Error(`${line}:${column}: ${problem.message}`)
}

function toData(node: YamlNode): Json {
  if (node.kind === 'sequence') return node.items.map(toData)
  if (node.kind === 'scalar') return node.plain ? typedScalar(node.text) : node.text
  const entries = node.entries.map(({ key, value }): [string, Json] => [key.text, toData(value)])
  return Object.fromEntries(entries.sort(([left], [right]) => (left < right ? -1 : 1)))
}

/** A plain scalar by the core schema: null, booleans, integers in three bases, floats. */
export function typedScalar(text: string): Json {
  if (/^(?:|~|null|Null|NULL)$/.test(text)) return null
  if (/^(?:true|True|TRUE)$/.test(text)) return true
  if (/^(?:false|False|FALSE)$/.test(text)) return false
  const isNumber =
    /^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/.test(text) || /^0(?:o[0-7]+|x[0-9a-fA-F]+)$/.test(text)
  return isNumber ? Number(text) : text
}
