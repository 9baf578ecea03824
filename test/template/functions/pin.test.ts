import { expect, test } from 'vitest'
import { resultOf } from '../evaluate.js'

test.each([
  ['pin_subpackage("a")', { pin_subpackage: { name: 'a', lower_bound: 'x.x.x.x.x.x', upper_bound: 'x' } }],
  ['pin_subpackage("a", exact=True)', { pin_subpackage: { name: 'a', exact: true } }],
  ['pin_subpackage("a", exact=False)', { pin_subpackage: { name: 'a' } }],
  [
    'pin_compatible("a", lower_bound=None, upper_bound="x.x")',
    { pin_compatible: { name: 'a', upper_bound: 'x.x' } },
  ],
  [
    'pin_compatible("a", upper_bound=3, build="b*")',
    { pin_compatible: { name: 'a', lower_bound: 'x.x.x.x.x.x', upper_bound: '3', build: 'b*' } },
  ],
])('%s is a JSON text', (expression, pin) => {
  expect(resultOf(expression)).toBe(JSON.stringify(pin))
})

test.each([
  ['pin_subpackage()', /missing argument/],
  ['pin_subpackage("a", "x")', /too many arguments/],
  ['pin_subpackage("a b")', /not a valid package name/],
  ['pin_subpackage("a", foo=1)', /unknown keyword argument `foo`/],
  ['pin_subpackage("a", min_pin="x")', /use `lower_bound` and `upper_bound`/],
  ['pin_subpackage("a", exact=False, build="x")', /no other keyword/],
])('%s is refused', (expression, message) => {
  expect(() => resultOf(expression)).toThrow(message)
})
