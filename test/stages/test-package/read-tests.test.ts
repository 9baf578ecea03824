import { expect, test } from 'vitest'
import { readTests } from '../../../src/stages/test-package/read-tests.js'

test('tests come back in the shapes of a rendered recipe', () => {
  const text =
    '- python:\n    imports:\n    - a\n    pip_check: false\n- script:\n    content: |\n      echo 1\n    cwd: etc\n- script:\n  - a\n  - b\n  requirements:\n    run:\n    - x >=1\n'
  expect(readTests(text)).toEqual([
    { python: { imports: ['a'], pip_check: false } },
    { script: { content: 'echo 1\n', cwd: 'etc' } },
    { script: ['a', 'b'], requirements: { run: ['x >=1'] } },
  ])
  expect(readTests('[]\n')).toEqual([])
  expect(readTests('')).toEqual([])
})

test.each([
  '- nonsense: 1\n',
  'python: {}\n',
  '- [\n',
  '- python: a\n',
  '- python:\n    imports: a\n',
  '- perl:\n    uses:\n    - [a]\n',
  '- script: true\n',
  '- script:\n  - a\n  - b: 1\n',
  '- script:\n    env: [a]\n',
  '- script:\n    env:\n      A: [1]\n',
  '- script: a\n  requirements:\n    run: b\n',
  '- downstream: [a]\n',
])('%j is refused', (text) => {
  expect(() => readTests(text)).toThrow('cannot read info/tests/tests.yaml of the package')
})
