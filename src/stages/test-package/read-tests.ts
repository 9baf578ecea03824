/** Reads the tests out of a finished package. */
import type { RenderedTest } from '../../recipe/index.js'
import { type Json, parseYaml, type YamlNode } from '../../text/index.js'
import { malformedTests } from './errors.js'

/** The tests of `info/tests/tests.yaml`; the same shapes as in a rendered recipe. */
export function readTests(text: string): readonly RenderedTest[] {
  const { root, problems } = parseYaml({ file: 'info/tests/tests.yaml', text })
  const [problem] = problems.filter(({ severity }) => severity === 'error')
  if (problem) throw malformedTests(problem.message)
  if (root === undefined) return []
  const data = toData(root)
  if (!Array.isArray(data) || !data.every(isTest)) throw malformedTests('it is not a list of tests')
  return data as unknown as readonly RenderedTest[]
}

const kinds = ['python', 'perl', 'r', 'ruby', 'script', 'downstream', 'package_contents']

function isTest(item: Json): boolean {
  return typeof item === 'object' && item !== null && kinds.some((kind) => Object.hasOwn(item, kind))
}

/** Only plain `true` and `false` are typed; everything else in a test is text. */
function toData(node: YamlNode): Json {
  if (node.kind === 'sequence') return node.items.map(toData)
  if (node.kind === 'mapping') {
    return Object.fromEntries(node.entries.map(({ key, value }) => [key.text, toData(value)]))
  }
  if (node.plain && (node.text === 'true' || node.text === 'false')) return node.text === 'true'
  return node.text
}
