import { expect, test } from 'vitest'
import { fieldRows } from '../../src/recipe/index.js'

test('every field has a row with a sentence about it', () => {
  const rows = fieldRows()
  expect(rows.length).toBeGreaterThan(100)
  for (const row of rows) expect(row.doc, row.path).toMatch(/\.$/)
})

test.each([
  ['package.name', { type: 'package name', required: true }],
  ['build.python.entry_points', { type: 'list of entry point' }],
  ['build.noarch', { type: '`python` or `generic`' }],
  ['build.dynamic_linking.overlinking_behavior', { default: 'ignore' }],
  ['build.steps', { gate: 'experimental' }],
  ['source[].git', { type: 'url or path' }],
  ['tests[].package_contents.strict', { default: 'false' }],
  ['outputs[].staging.name', { required: true }],
])('%s is described', (path, row) => {
  expect(fieldRows().find((candidate) => candidate.path === path)).toMatchObject(row)
})

test('no path has two rows', () => {
  const paths = fieldRows().map((row) => row.path)
  expect(new Set(paths).size).toBe(paths.length)
})
