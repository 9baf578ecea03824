import { readdirSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { templateFunctions } from '../../../src/template/index.js'

const sources = path.resolve('src/template/functions')
const helpers = new Set(['index.ts', 'function-context.ts', 'read-arguments.ts'])

test('every file with a function has a test of the same name', () => {
  const files = readdirSync(sources).filter((file) => !helpers.has(file))
  const tested = readdirSync(path.resolve('test/template/functions'))
  for (const file of files) expect(tested).toContain(file.replace('.ts', '.test.ts'))
})

test('every function is documented once', () => {
  const names = templateFunctions.map(({ name }) => name)
  expect(new Set(names).size).toBe(names.length)
  for (const { name, signature, doc } of templateFunctions) {
    expect(signature).toContain(name)
    expect(doc).toMatch(/\.$/)
  }
})
