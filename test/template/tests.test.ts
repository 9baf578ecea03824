import { expect, test } from 'vitest'
import { jsonOf, resultOf } from './evaluate.js'

test.each([
  ['3 is odd', true],
  ['4 is even and true', true],
  ['1.5 is odd', false],
  ['1 is number', true],
  ['true is number', false],
  ['1 is integer', true],
  ['1.0 is integer', false],
  ['1.0 is float', true],
  ['"a" is string', true],
  ['[1] is sequence', true],
  ['true is boolean', true],
  ['true is true', true],
  ['1 is true', false],
  ['false is false', true],
  ['none is none', true],
  ['"abc" is startingwith "a"', true],
  ['"abc" is endingwith("c")', true],
  ['3 is in [3]', true],
  ['1 is lt 2', true],
  ['1 is eq 1', true],
  ['1 is ne 1', false],
  ['2 is ge 2', true],
  ['2 is gt 2', false],
  ['2 is le 2', true],
  ['"a" is safe', false],
  ['undef is undefined', true],
  ['undef is not defined', true],
  ['undef is string', false],
])('%s: %s', (expression, expected) => {
  expect(jsonOf(expression)).toBe(expected)
})

test.each([
  ['1 is odd(2)', /too many arguments/],
  ['1 is eq', /missing argument/],
  ['1 is eq(1, 2)', /too many arguments/],
  ['undef is startingwith "a"', /`undef` is not defined/],
  ['1 is == 1', /syntax error/],
])('%s is refused', (expression, message) => {
  expect(() => resultOf(expression)).toThrow(message)
})
