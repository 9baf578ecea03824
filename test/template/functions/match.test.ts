import { expect, test } from 'vitest'
import { jsonOf } from '../evaluate.js'

test.each([
  ['match("3.10", ">=3.9")', true],
  ['match("3.10.*", ">=3.9,<3.11")', true],
  ['match("3.10.* *_cpython", "<3.10")', false],
  ['match("3.10*", "3.10.*")', true],
  ['match(none, ">=3")', true],
  ['match(undef, ">=3")', true],
  ['match("abc", ">=1")', false],
  ['match(3, ">=1")', true],
  ['match(3.5, ">=3.6")', false],
])('%s: %s', (expression, expected) => {
  expect(jsonOf(expression)).toBe(expected)
})

test.each(['match("", ">=1")', 'match("3", "3.10")', 'match("3", ">=")'])('%s is refused', (expression) => {
  expect(() => jsonOf(expression)).toThrow(/cannot match/)
})
