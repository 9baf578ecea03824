import { describe, expect, test } from 'vitest'
import { formatValue } from '../../src/template/index.js'
import { jsonOf, render, resultOf } from './evaluate.js'

const variables = { python: '3.12.* *_cpython', list: [1, 2, 3], map: { a: 1 }, n: null, t: true }

describe('none', () => {
  test.each(['[none][0]', '[none] | first', '[1, none] | last', '{"a": none}.a', '{"a": none}["a"]'])(
    '%s is a value, and nothing undefined',
    (expression) => {
      expect(resultOf(`${expression} is none`)).toBe(true)
    },
  )
})

test.each([
  ['[1, 2].1', '2'],
  ['{"a": [7]}.a.0', '7'],
])('an item can be named like an attribute: %s', (expression, text) => {
  expect(render(`\${{ ${expression} }}`)).toBe(text)
})

describe('operators', () => {
  test.each([
    ['1 + 2 * 3', '7'],
    ['-2**2', '4'],
    ['2**3**2', '64'],
    ['7 / 2', '3.5'],
    ['6 / 2', '3.0'],
    ['7 // 2', '3'],
    ['-7 // 2', '-4'],
    ['-7 % 3', '2'],
    ['7 % -3', '1'],
    ['7.5 // 2', '3.0'],
    ['-7.5 % 2', '-1.5'],
    ['1 / 0', 'inf'],
    ['true + true', '2'],
    ['"a" * 3', 'aaa'],
    ['[1] * 2', '[1, 1]'],
    ['[1] + [2]', '[1, 2]'],
    ['"a" "b"', 'ab'],
    ['"a" ~ 1 ~ true ~ none ~ 1.0', 'a1TrueNone1.0'],
    ['1 if "0" else 2', '1'],
    ['2 if 0 else 3 if 0 else 4', '4'],
    ['0 or "y"', 'y'],
    ['true and "x"', 'x'],
    ['not 1 in [1]', 'False'],
    ['1 not in [1]', 'False'],
    ['1 < 2 == true', 'False'],
    ['3 > 2 > 1', 'True'],
    ['1 == true', 'True'],
    ['1 == 1.0', 'True'],
    ['"3" == 3', 'False'],
    ['"3.9" < "3.10"', 'False'],
    ['none < false', 'True'],
    ['true < 1', 'True'],
    ['"a" < 1', 'False'],
    ['[1, 2] < [1, 3]', 'True'],
    ['1 in "a1"', 'True'],
    ['"a" in {"a": 1}', 'True'],
    ['-3 | abs', '3'],
    ['"A" ~ "B" | lower', 'Ab'],
    ['("3.10.2" | split("."))[:2] | join(".")', '3.10'],
  ])('%s is %s', (expression, text) => {
    expect(formatValue(resultOf(expression, { variables }))).toBe(text)
  })

  test.each([
    ['"abc"[1:]', 'bc'],
    ['"abc"[-2:]', 'bc'],
    ['list[::2]', '[1, 3]'],
    ['list[::-1]', '[3, 2, 1]'],
    ['list[-1]', '3'],
    ['"aé💥"[2]', '💥'],
    ['map.a', '1'],
    ['map["a"]', '1'],
    ['{1: 2}[1]', '2'],
  ])('%s reaches %s', (expression, text) => {
    expect(formatValue(resultOf(expression, { variables }))).toBe(text)
  })

  test.each([
    ['1e-7', '0.0000001'],
    ['-0.0', '-0.0'],
    ['1e20', '100000000000000000000.0'],
    ['[1, "a", true, none, 1.5]', '[1, "a", True, None, 1.5]'],
    ['{"b": 1, "a": "x"}', '{"a": "x", "b": 1}'],
    ['0x10 + 1_000', '1016'],
    ['100000000000000000000', '100000000000000000000'],
  ])('%s prints as %s', (expression, text) => {
    expect(render(`\${{ ${expression} }}`)).toBe(text)
  })
})

describe('mistakes', () => {
  test.each([
    ['1 + "a"', /unable to calculate/],
    ['1 // 0', /unable to calculate/],
    ['2 ** -1', /unable to calculate/],
    ['2 ** 200', /unable to calculate/],
    ['170141183460469231731687303715884105727 + 1', /unable to calculate/],
    ['-"a"', /cannot negate/],
    ['1 in 5', /containment check/],
    ['"abc".upper()', /unknown method: string has no method named upper/],
    ['range(3)', /unknown function: range is unknown/],
    ['"a" | title', /unknown filter: filter title is unknown/],
    ['1 is divisibleby 1', /unknown test: test divisibleby is unknown/],
    ['list()', /unknown function|not callable/],
    ['env.set("x")', /unknown method: env has no method named set/],
    ['match("3")', /missing argument/],
    ['"a" | upper("x")', /too many arguments/],
    ['[1][::0]', /step size/],
    ['none + 1', /unable to calculate/],
  ])('%s is refused', (expression, message) => {
    expect(() => resultOf(expression)).toThrow(message)
  })

  test.each([
    '',
    '1 +',
    '+ 1',
    'foo(',
    '"unclosed',
    'a b',
    '@',
    '[1 2]',
    'x |',
    'v | split(".")[0]',
    '{"a" 1}',
    ')',
  ])('%j is a syntax error', (expression) => {
    expect(() => resultOf(expression)).toThrow(/syntax error/)
  })
})

describe('undefined values', () => {
  test.each([
    'undef == 1',
    'undef ~ "x"',
    'not undef',
    'undef or 1',
    'undef.x',
    'undef | length',
    '"a" in undef',
  ])('%s is an error that names the variable', (expression) => {
    expect(() => resultOf(expression)).toThrow(/undefined value: `undef` is not defined/)
  })

  test('printing one is an error that points at the name', () => {
    expect(() => render('a ${{ undef }}')).toThrow(
      expect.objectContaining({ problem: 'undefined', undefinedName: 'undef', start: 6, end: 11 }),
    )
  })

  test.each([
    ['undef is defined', 'False'],
    ['undef | default("x")', 'x'],
    ['undef | join', ''],
    ['match(undef, ">=3")', 'True'],
    ['"abc".foo is defined', 'False'],
    ['[1][5] | default("d")', 'd'],
    ['true or undef', 'True'],
    ['"x" if true else undef', 'x'],
  ])('%s is fine', (expression, text) => {
    expect(formatValue(resultOf(expression))).toBe(text)
  })

  test.each([
    ['("x" if false) ~ "y"', 'y'],
    ['("x" if false) | default("d")', 'd'],
    ['("x" if false) or "y"', 'y'],
    ['("x" if false) == ""', 'False'],
  ])('an inline if without else is silent: %s', (expression, text) => {
    expect(formatValue(resultOf(expression))).toBe(text)
  })

  test('lenient scopes print nothing for them', () => {
    expect(render('a${{ undef }}b', { undefinedValues: 'lenient' })).toBe('ab')
  })
})

describe('JavaScript is out of reach', () => {
  test.each(['constructor', '__proto__', 'toString', 'hasOwnProperty', 'prototype'])(
    '%s is no name',
    (name) => {
      expect(jsonOf(`${name} is defined`)).toBe(false)
      for (const target of ['"a"', '[1]', '{"x": 1}', '1', 'env', 'compiler', 'true']) {
        expect(jsonOf(`(${target}).${name} is defined`)).toBe(false)
        expect(jsonOf(`(${target})["${name}"] is defined`)).toBe(false)
      }
    },
  )

  test('a map key called __proto__ is just a key', () => {
    expect(jsonOf('{"__proto__": 1}.__proto__')).toBe(1)
    expect(Object.getPrototypeOf(jsonOf('{"__proto__": {"x": 1}}'))).toBe(Object.prototype)
  })
})

describe('limits', () => {
  test('endless work, deep nesting and huge texts are refused', () => {
    expect(() => resultOf('"a" * 10000000')).toThrow(/too long/)
    expect(() => resultOf(`${'('.repeat(900)}1${')'.repeat(900)}`)).toThrow(/nested too deeply/)
    expect(() => resultOf(`${'-'.repeat(1900)}1`)).toThrow(/nested too deeply/)
    expect(() => resultOf(`${'not '.repeat(1900)}1`)).toThrow(/nested too deeply/)
    expect(() => resultOf(`1${'+1'.repeat(2000)}`)).toThrow(/too long/)
    expect(() => resultOf(`a${'.b'.repeat(2000)}`)).toThrow(/too long/)
    const loop =
      '{% for a in x %}{% for b in x %}{% for c in x %}{% set d = a %}{% endfor %}{% endfor %}{% endfor %}'
    expect(() => render(`{% set x = [1] * 200 %}${loop}\${{ 1 }}`)).toThrow(/steps/)
    expect(() => render('{% macro m() %}${{ m() }}{% endmacro %}${{ m() }}')).toThrow(/too deeply/)
    expect(() => render('{% set x = "a" * 900000 %}{% for i in [1] * 20 %}${{ x }}{% endfor %}')).toThrow(
      /characters/,
    )
  })

  test('long chains of operators are no problem', () => {
    expect(jsonOf(Array.from({ length: 100 }, () => '1').join(' + '))).toBe(100)
  })
})
