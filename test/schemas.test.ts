/** docs/schemas: made from the types (`npx vitest run test/schemas.test.ts -u` renews them), and kept by the real output. */
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { Ajv } from 'ajv'
import { expect, test } from 'vitest'
import { jsonDocuments, jsonSchemaOf } from './support/json-schemas.js'
import { krait } from './support/krait.js'
import { tempDirectory } from './support/system.js'

const schemaFile = (name: string) => path.resolve('docs/schemas', `${name}.schema.json`)

test.each(Object.entries(jsonDocuments))(
  'docs/schemas describes what `%s` is made of',
  async (name, described) => {
    const schema = `${JSON.stringify(jsonSchemaOf(name, described), null, 2)}\n`
    await expect(schema).toMatchFileSnapshot(schemaFile(name))
  },
)

test('every schema is the schema of something', () => {
  const names = readdirSync('docs/schemas').map((file) => file.replace('.schema.json', ''))
  expect(names.sort()).toEqual(Object.keys(jsonDocuments).sort())
})

test('what krait writes is what the schemas say', async () => {
  const output = tempDirectory()
  const call = async (...args: string[]) => {
    const { code, stdout, stderr } = await krait([...args, '--json'])
    expect([0, 9], stderr).toContain(code)
    return JSON.parse(stdout) as unknown
  }
  await krait(['build', 'recipes/greeter', 'recipes/report', '--output-dir', output])
  const subdir = path.join(output, 'linux-64')
  const packages = readdirSync(subdir).filter((name) => name.endsWith('.conda'))
  const [first = '', second = ''] = packages.map((name) => path.join(subdir, name))
  const logs = readdirSync(path.join(output, 'logs')).filter((name) => name.endsWith('.events.jsonl'))
  const lines = logs.flatMap((name) =>
    readFileSync(path.join(output, 'logs', name), 'utf8')
      .trimEnd()
      .split('\n'),
  )
  expect(lines.length).toBeGreaterThan(50)
  const written: readonly (readonly [string, unknown])[] = [
    ...lines.map((line) => ['event-log', JSON.parse(line) as unknown] as const),
    ['matrix', await call('matrix', 'recipes/report')],
    ['why', await call('why', 'libgreet', 'recipes/greeter', '--output-dir', output)],
    ['bump-recipe', await call('bump-recipe', 'recipes/greeter', '--version', '2.0', '--dry-run')],
    ['channel-check', await call('channel', 'check', output)],
    ['package-check', await call('package', 'check', first)],
    ['package-diff', await call('package', 'diff', first, second)],
    ['diff', await call('diff', first, second)],
  ]
  expect(new Set(written.map(([name]) => name))).toEqual(new Set(Object.keys(jsonDocuments)))
  const ajv = new Ajv({ strict: false })
  for (const [name] of Object.entries(jsonDocuments)) {
    ajv.addSchema(JSON.parse(readFileSync(schemaFile(name), 'utf8')) as object, name)
  }
  for (const [name, document] of written) {
    const errors = ajv.validate(name, document) ? [] : ajv.errors
    expect(errors, `${name}: ${JSON.stringify(document).slice(0, 300)}`).toEqual([])
  }
})
