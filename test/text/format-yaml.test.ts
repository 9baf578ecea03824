import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { formatYaml, type YamlValue } from '../../src/text/index.js'

test.each([
  { value: [], text: '[]\n' },
  { value: {}, text: '{}\n' },
  { value: { a: [], b: {}, c: null }, text: 'a: []\nb: {}\nc: null\n' },
  { value: { a: ['x', { b: 'c', d: ['e'] }] }, text: 'a:\n- x\n- b: c\n  d:\n  - e\n' },
  { value: [['a', 'b'], ['c']], text: '- - a\n  - b\n- - c\n' },
  { value: { v: '3.10' }, text: "v: '3.10'\n" },
  { value: { v: 3 }, text: 'v: 3\n' },
  { value: { v: 'yes' }, text: "v: 'yes'\n" },
  { value: { v: 'echo "FOO"' }, text: 'v: echo "FOO"\n' },
  { value: { v: "it's: so" }, text: "v: 'it''s: so'\n" },
  { value: { v: 'a\nb\n' }, text: 'v: |\n  a\n  b\n' },
  { value: { v: 'a\nb' }, text: 'v: |-\n  a\n  b\n' },
  { value: { v: '' }, text: "v: ''\n" },
  { value: { v: '--flag' }, text: 'v: --flag\n' },
  { value: { v: 'numpy >=1.2,<2' }, text: 'v: numpy >=1.2,<2\n' },
  { value: { v: '>=1.2' }, text: "v: '>=1.2'\n" },
  { value: { v: '2020-01-01' }, text: "v: '2020-01-01'\n" },
])('$value is written as $text', ({ value, text }) => {
  expect(formatYaml(value)).toBe(text)
})

test('numbers keep the spelling that is given for their place', () => {
  const value = { a: 3, list: [1, { 'x/y': 2 }] }
  const numbers = new Map([
    ['/a', '3.0'],
    ['/list/1/x~1y', '12345678901234567890'],
  ])
  expect(formatYaml(value, numbers)).toBe('a: 3.0\nlist:\n- 1\n- x/y: 12345678901234567890\n')
})

test('whatever is written can be read again, by readers of both YAML versions', () => {
  const text = fc.oneof(
    fc.string({
      unit: fc.constantFrom('a', ' ', '\n', ':', '-', '#', "'", '"', '0', '.', '\t', '!', '|', '{', 'é'),
    }),
    fc.string({ unit: 'grapheme' }).filter((candidate) => Buffer.from(candidate).toString() === candidate),
  )
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      text,
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(text, tie('value'), { maxKeys: 4, noNullPrototype: true }),
    ),
  }))
  fc.assert(
    fc.property(value, (data) => {
      fc.pre(!JSON.stringify(data).includes('__proto__'))
      const written = formatYaml(data as YamlValue)
      expect(parse(written, { version: '1.2' })).toEqual(data)
      expect(parse(written, { version: '1.1' })).toEqual(data)
    }),
    { numRuns: 1000 },
  )
})
