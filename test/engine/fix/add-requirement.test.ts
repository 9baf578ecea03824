import { expect, test } from 'vitest'
import { addRequirement } from '../../../src/engine/fix/add-requirement.js'

const head = 'package:\n  name: demo\n  version: "1"  # one\n'
const missing = { output: 'demo', section: 'host', spec: 'zlib' } as const

test.each([
  {
    name: 'a list',
    before: 'requirements:\n  host:\n  - a\nabout: {}\n',
    after: 'requirements:\n  host:\n  - a\n  - zlib\nabout: {}\n',
  },
  { name: 'a flow list', before: 'requirements: {host: [a]}\n', after: 'requirements: {host: [a, zlib]}\n' },
  {
    name: 'a single value',
    before: 'requirements:\n  host: a\n',
    after: 'requirements:\n  host: [a, zlib]\n',
  },
  {
    name: 'no list',
    before: 'requirements:\n  run: [a]\n',
    after: 'requirements:\n  run: [a]\n  host:\n    - zlib\n',
  },
  { name: 'no requirements', before: '', after: 'requirements:\n  host:\n    - zlib\n' },
  {
    name: 'a branch at the end',
    before: 'requirements:\n  host:\n    - if: linux\n      then: a\n',
    after: 'requirements:\n  host:\n    - if: linux\n      then: a\n    - zlib\n',
  },
])('$name', ({ before, after }) => {
  expect(addRequirement(head + before, missing)).toEqual({ text: head + after })
})

const outputs = `recipe: {name: all, version: "1"}
outputs:
  - package: {name: other}
    requirements:
      host: [a]
  - package:
      name: demo
    about: {summary: x}
`

test('of several outputs the one with the name is edited', () => {
  expect(addRequirement(outputs, missing)).toEqual({
    text: `${outputs}    requirements:\n      host:\n        - zlib\n`,
  })
  expect(addRequirement(outputs, { ...missing, output: 'other' })).toEqual({
    text: outputs.replace('[a]', '[a, zlib]'),
  })
})

test.each([
  { name: 'is listed', text: `${head}requirements: {host: [zlib]}\n`, result: 'listed' },
  {
    name: 'has an output of no such name',
    text: outputs.replace('name: demo', 'name: ${{ name }}'),
    result: undefined,
  },
  { name: 'is no YAML', text: 'a: [', result: undefined },
])('a recipe that $name stays as it is', ({ text, result }) => {
  expect(addRequirement(text, missing)).toBe(result)
})
