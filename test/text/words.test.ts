import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { canonicalJson, closest } from '../../src/text/index.js'

describe('the closest word', () => {
  test.each([
    ['scripts', ['script', 'string', 'source'], 'script'],
    ['buidl', ['build', 'about'], 'build'],
    ['Bash', ['bash', 'brush'], 'bash'],
    ['zsh', ['bash', 'python'], undefined],
    ['x', [], undefined],
  ])('to %s among %j is %s', (word, candidates, expected) => {
    expect(closest(word, candidates)).toBe(expected)
  })

  test('is the word itself whenever it is among the candidates', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ minLength: 1 }), { minLength: 1 }), (words) => {
        const [word = ''] = words
        expect(closest(word, words)?.toLowerCase()).toBe(word.toLowerCase())
      }),
    )
  })
})

describe('canonical JSON', () => {
  test.each([
    [{ target_platform: 'linux-64' }, '{"target_platform": "linux-64"}'],
    [{ b: 1, a: [true, null, 'é'], PY_X: 'x' }, '{"PY_X": "x", "a": [true, null, "é"], "b": 1}'],
    [{ gone: undefined, kept: '' }, '{"kept": ""}'],
  ])('of %j is %s', (value, text) => {
    expect(canonicalJson(value)).toBe(text)
  })

  test('does not depend on the order of keys', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (object) => {
        const turned = Object.fromEntries(Object.entries(object).reverse())
        expect(canonicalJson(turned)).toBe(canonicalJson(object))
      }),
    )
  })
})
