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

type Check = (value: Json) => boolean

const isText: Check = (value) => typeof value === 'string'
const isTexts: Check = (value) => Array.isArray(value) && value.every(isText)
const isTextOrTexts: Check = (value) => isText(value) || isTexts(value)
const isTextMap: Check = (value) => isMap(value) && Object.values(value).every(isText)

/** Other members may be anything. */
function hasMembers(checks: Readonly<Record<string, Check>>): Check {
  return (value) =>
    isMap(value) &&
    Object.entries(value).every(([key, member]) => !Object.hasOwn(checks, key) || checks[key]?.(member))
}

function isMap(value: Json): value is Readonly<Record<string, Json>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const isScript = hasMembers({
  content: isTextOrTexts,
  interpreter: isText,
  env: isTextMap,
  secrets: isTexts,
  cwd: isText,
})

/** What runs the tests takes for granted. */
const kinds: Readonly<Record<string, Check>> = {
  python: hasMembers({ imports: isTexts, python_version: isTextOrTexts }),
  perl: hasMembers({ uses: isTexts }),
  r: hasMembers({ libraries: isTexts }),
  ruby: hasMembers({ requires: isTexts }),
  script: (value) => isTextOrTexts(value) || isScript(value),
  downstream: isText,
  package_contents: () => true,
}

/** Requirements may be pins, too. */
const hasOwnShape = hasMembers({
  ...kinds,
  requirements: hasMembers({ run: (value) => Array.isArray(value), build: (value) => Array.isArray(value) }),
})

function isTest(item: Json): boolean {
  return hasOwnShape(item) && Object.keys(kinds).some((kind) => Object.hasOwn(item as object, kind))
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
