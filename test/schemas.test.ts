/** docs/schemas: made from the types (`npx vitest run test/schemas.test.ts -u` renews them), and kept by the real output. */
import { readdirSync } from 'node:fs'
import path from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { commands } from '../src/cli/commands/index.js'
import { completedCommands } from '../src/cli/completion/model.js'
import { createPrintedJson, schemaFile } from './support/json-output.js'
import { jsonScenarios } from './support/json-scenarios.js'
import { jsonDocuments, makeJsonSchemas } from './support/json-schemas.js'
import { krait } from './support/krait.js'
import { tempDirectory } from './support/system.js'

let schemas: ReturnType<typeof makeJsonSchemas>
beforeAll(() => {
  schemas = makeJsonSchemas()
})

test.each(Object.keys(jsonDocuments))('docs/schemas describes what `%s` is made of', async (name) => {
  const schema = `${JSON.stringify(schemas.get(name), null, 2)}\n`
  await expect(schema).toMatchFileSnapshot(schemaFile(name))
})

test('every schema is the schema of something', () => {
  const names = readdirSync('docs/schemas').map((file) => file.replace('.schema.json', ''))
  expect(names.sort()).toEqual(Object.keys(jsonDocuments).sort())
})

test.each(Object.keys(jsonDocuments))('`%s` says of every member what it is', (name) => {
  // What the generator does not understand of a type, it leaves open.
  expect(openMembers(schemas.get(name))).toEqual([])
})

function openMembers(schema: unknown): readonly string[] {
  if (typeof schema !== 'object' || schema === null) return []
  return Object.entries(schema).flatMap(([name, member]) => [
    ...openMembers(member),
    ...(isOpen(member) ? [name] : []),
  ])
}

function isOpen(schema: unknown): boolean {
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) return false
  return Object.keys(schema).every((key) => key === 'description')
}

/** Calls that take `--json` and have no document, because what they print is not krait's. */
const withoutDocument: Readonly<Record<string, string>> = {
  'debug run': 'what the script prints',
  'debug shell': 'what the commands in the shell print',
}

const actions = completedCommands(commands, []).filter(({ words }) => words.length > 0)

test.each(actions)(
  'the actions of `krait $name` are those that are looked at here',
  async ({ name, words }) => {
    // `krait source` has actions of two words.
    const { stderr } = await krait([name, 'zzzzzz', ...(name === 'source' ? ['zzzzzz'] : [])])
    const known = stderr.slice(stderr.indexOf('knows')).matchAll(/`([a-z-]+)[^`]*`/g)
    expect([...new Set([...known].map(([, word]) => word))].sort()).toEqual([...words].sort())
  },
)

test('every call that takes --json has a schema', () => {
  const known = Object.values(jsonDocuments).flatMap(({ calls }) => calls)
  const callsWithJson = completedCommands(commands, [])
    .filter(({ flags }) => flags.some(({ long }) => long === 'json'))
    .flatMap(({ name, words }) => (words.length === 0 ? [name] : words.map((word) => `${name} ${word}`)))
  const isOf = (call: string) => (other: string) => other === call || other.startsWith(`${call} `)
  const bare = callsWithJson.filter((call) => !known.some(isOf(call)))
  expect(bare.sort()).toEqual(Object.keys(withoutDocument).sort())
  const gone = known.filter((other) => !callsWithJson.some((call) => isOf(call)(other)))
  expect(gone).toEqual([])
})

test.each(Object.entries(jsonScenarios))(
  'what krait prints %s is what the schemas say',
  async (_, scenario) => {
    const root = tempDirectory()
    const json = createPrintedJson({ env: { KRAIT_CACHE_DIR: path.join(root, 'cache') } })
    await scenario.run(json, root)
    expect([...json.documents].sort()).toEqual([...scenario.documents].sort())
  },
)

test('every schema is kept by something that krait prints', () => {
  const judged = Object.values(jsonScenarios).flatMap(({ documents }) => documents)
  expect([...new Set(judged)].sort()).toEqual(Object.keys(jsonDocuments).sort())
})
