import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compileSafeRegex } from '../../src/conda/safe-regex.js'

const atom = fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', '\\d', '\\w', '(?:ab)', '(a|b)', '1', '[0-9]')
const quantified = fc
  .tuple(atom, fc.constantFrom('', '', '*', '+', '?', '{2}', '{1,2}', '{1,}', '*?'))
  .map((parts) => parts.join(''))
const pattern = fc
  .array(fc.array(quantified, { maxLength: 4 }), { minLength: 1, maxLength: 3 })
  .map((alternatives) => alternatives.map((parts) => parts.join('')).join('|'))
const text = fc
  .array(fc.constantFrom('a', 'b', '1', '_', 'B'), { maxLength: 6 })
  .map((parts) => parts.join(''))

test('it agrees with the regular expressions of the language', () => {
  fc.assert(
    fc.property(pattern, text, (source, candidate) => {
      const expected = new RegExp(`^(?:${source})$`, 'i').test(candidate)
      expect(compileSafeRegex(`^${source}$`)(candidate)).toBe(expected)
    }),
    { numRuns: 2000 },
  )
})

test('a pattern that takes a backtracking engine exponential time is harmless', () => {
  const matches = compileSafeRegex('^(a+)+(a|aa)+(a*)*b$')
  expect(matches('a'.repeat(2000))).toBe(false)
  expect(matches(`${'a'.repeat(2000)}b`)).toBe(true)
})

test.each([
  ['^(a$', 'unbalanced parenthesis'],
  ['^a)$', 'unbalanced parenthesis'],
  ['^(?=a)$', 'look-around and named groups are not supported'],
  ['^(a)\\1$', 'unsupported escape'],
  ['^[a$', 'unterminated character class'],
  ['^*a$', 'nothing to repeat'],
  ['^a{500}$', 'repetition beyond'],
  ['^((a{99}){99}){99}$', 'too complex'],
  [`^${'a'.repeat(600)}$`, 'longer than'],
])('`%s` is refused: %s', (source, message) => {
  expect(() => compileSafeRegex(source)).toThrow(message)
})
