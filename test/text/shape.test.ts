import { expect, test } from 'vitest'
import {
  anything,
  eitherOf,
  findMismatch,
  flag,
  type Json,
  listOf,
  mapOf,
  nothing,
  objectWith,
  type Shape,
  taggedBy,
  text,
  textThat,
  wholeNumber,
  wordOf,
} from '../../src/text/index.js'

const even = textThat('a text of even length', ({ length }) => length % 2 === 0)
const kinds = taggedBy({ url: objectWith({ url: text }), path: objectWith({ path: even }) })

test.each<{ value: Json; shape: Shape }>([
  { value: 'a', shape: text },
  { value: [1, null, {}], shape: listOf(anything) },
  { value: { a: true }, shape: mapOf(flag) },
  { value: { a: 'b', other: 7 }, shape: objectWith({ a: text, 'b?': text }) },
  { value: ['x'], shape: eitherOf(text, listOf(text)) },
  { value: null, shape: eitherOf(text, nothing) },
  { value: { path: 'ab', more: 1 }, shape: kinds },
  { value: -7, shape: wholeNumber(-7, 22) },
])('$value has the shape that is asked for', ({ value, shape }) => {
  expect(findMismatch(value, shape, 'here')).toBeUndefined()
})

test.each<{ value: Json; shape: Shape; says: string }>([
  { value: 1, shape: text, says: 'x is `1`, not a text' },
  { value: null, shape: text, says: 'x is `null`, not a text' },
  { value: 'b', shape: wordOf('a', 'c'), says: 'x is the text `b`, not `a` or `c`' },
  { value: 1.5, shape: wholeNumber(0, 9), says: 'x is `1.5`, not a whole number from 0 to 9' },
  {
    value: 2 ** 53,
    shape: wholeNumber(0, Number.MAX_SAFE_INTEGER),
    says: 'x is `9007199254740992`, not a whole number from 0',
  },
  { value: ['a', ['b', 1]], shape: listOf(anything), says: 'nothing' },
  { value: ['a', 1], shape: listOf(text), says: 'x[1] is `1`, not a text' },
  { value: {}, shape: listOf(text), says: 'x is a mapping, not a list' },
  { value: [], shape: mapOf(text), says: 'x is a list, not a mapping' },
  { value: { a: { b: [] } }, shape: mapOf(mapOf(text)), says: 'x.a.b is a list, not a text' },
  { value: {}, shape: objectWith({ a: text }), says: 'x.a is missing, not a text' },
  // What every object inherits was written by nobody.
  {
    value: {},
    shape: objectWith({ constructor: anything }),
    says: 'x.constructor is missing, not something',
  },
  { value: { a: null }, shape: objectWith({ 'a?': text }), says: 'x.a is `null`, not a text' },
  { value: 1, shape: eitherOf(text, listOf(text)), says: 'x is `1`, not a text or a list' },
  { value: [true], shape: eitherOf(text, listOf(text)), says: 'x[0] is `true`, not a text' },
  { value: { git: 'a' }, shape: kinds, says: 'x is a mapping, not a mapping with `url` or `path`' },
  { value: { path: 'abc' }, shape: kinds, says: 'x.path is the text `abc`, not a text of even length' },
  {
    value: 'a'.repeat(99),
    shape: flag,
    says: `x is the text \`${'a'.repeat(60)}…\`, not \`true\` or \`false\``,
  },
])('where $value differs is told: $says', ({ value, shape, says }) => {
  const mismatch = findMismatch(value, shape, 'x')
  const told = mismatch && `${mismatch.place} is ${mismatch.found}, not ${mismatch.expected}`
  expect(told ?? 'nothing').toBe(says)
})
