import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { unifiedDiff } from '../../src/text/index.js'
import { tempDirectory } from '../support/system.js'

test('a changed line is shown with three lines around it', () => {
  const lines = Array.from({ length: 20 }, (_, index) => `line ${index + 1}`)
  const after = lines.with(9, 'another')
  const end = '\n'
  expect(unifiedDiff(lines.join('\n') + end, after.join('\n') + end)).toEqual([
    '@@ -7,7 +7,7 @@',
    ' line 7',
    ' line 8',
    ' line 9',
    '-line 10',
    '+another',
    ' line 11',
    ' line 12',
    ' line 13',
  ])
})

test.each([
  { before: '', after: '', diff: [] },
  { before: 'a\n', after: 'a\n', diff: [] },
  { before: '', after: 'a\n', diff: ['@@ -0,0 +1 @@', '+a'] },
  { before: 'a\n', after: '', diff: ['@@ -1 +0,0 @@', '-a'] },
  {
    before: 'a\n',
    after: 'a',
    diff: ['@@ -1 +1 @@', '-a', '+a', '\\ No newline at end of file'],
  },
])('$before and $after', ({ before, after, diff }) => {
  expect(unifiedDiff(before, after)).toEqual(diff)
})

test('patch makes the second text of the first one', () => {
  const directory = tempDirectory()
  const text = fc
    .array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 30 })
    .map((lines) => lines.join('\n'))
  fc.assert(
    fc.property(text, text, (before, after) => {
      const diff = unifiedDiff(before, after)
      if (before === after) return diff.length === 0
      const file = path.join(directory, 'file')
      writeFileSync(file, before)
      const patch = ['--- file', '+++ file', ...diff, ''].join('\n')
      execFileSync('patch', ['-s', 'file'], { cwd: directory, input: patch })
      // An empty file is removed by patch.
      return after === '' || readFileSync(file, 'utf8') === after
    }),
    { numRuns: 60 },
  )
})
