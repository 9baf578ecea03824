import fc from 'fast-check'
import { Environment } from 'minijinja-js'
import { expect, test } from 'vitest'
import { TemplateError, toJson } from '../../src/template/index.js'
import { resultOf } from './evaluate.js'

const literal = fc.oneof(
  fc.integer({ min: -20, max: 20 }).map((value) => (value < 0 ? `(${value})` : String(value))),
  fc.constantFrom(
    '1.5',
    '0.5',
    '"a"',
    '"ab c"',
    '"3.10"',
    '""',
    'true',
    'false',
    '[1, 2]',
    '["b", "a"]',
    '[]',
  ),
)
const { expression } = fc.letrec<{ expression: string }>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 3 },
    literal,
    fc
      .tuple(
        tie('expression'),
        fc.constantFrom('+', '-', '*', '//', '%', '~', '<', '<=', '==', '!='),
        tie('expression'),
      )
      .map(([left, operator, right]) => `(${left} ${operator} ${right})`),
    fc
      .tuple(tie('expression'), fc.constantFrom('in', 'not in'), tie('expression'))
      .map((parts) => `(${parts.join(' ')})`),
    tie('expression').map((inner) => `(not ${inner})`),
    fc
      .tuple(tie('expression'), tie('expression'), tie('expression'))
      .map(([a, b, c]) => `(${a} if ${b} else ${c})`),
    fc
      .tuple(
        tie('expression'),
        fc.constantFrom('length', 'upper', 'list', 'sort', 'reverse', 'first is defined'),
      )
      .map(([inner, filter]) => `(${inner} | ${filter})`),
    fc
      .tuple(tie('expression'), fc.constantFrom('0', '-1', '1:', ':-1', '::2'))
      .map(([inner, part]) => `(${inner})[${part}]`),
  ),
}))

/** Undefined results, and texts that print bools or none: minijinja spells them differently since 2.22. */
function ours(text: string): unknown {
  try {
    return toJson(resultOf(text))
  } catch (error) {
    if (error instanceof TemplateError) return 'error'
    throw error
  }
}

function theirs(environment: Environment, text: string): unknown {
  try {
    const value: unknown = environment.evalExpr(text, {})
    return normalize(value)
  } catch {
    return 'error'
  }
}

function normalize(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value)
  if (Array.isArray(value)) return value.map(normalize)
  return value === undefined || (typeof value === 'number' && !Number.isFinite(value)) ? null : value
}

test('expressions mean what they mean in minijinja', () => {
  const environment = new Environment()
  fc.assert(
    fc.property(expression, (text) => {
      // Since minijinja 2.22 bools print as `True`; the oracle is older.
      fc.pre(!/~|upper/.test(text) || !/true|false|not|in|<|=|is/.test(text))
      // A slice is lazy there, and lazy lists do not compare.
      fc.pre(!/[<=]/.test(text) || !text.includes('['))
      const mine = ours(text)
      const other = theirs(environment, text)
      // The oracle is lenient about undefined values, we are not.
      fc.pre(mine !== 'error' || other === 'error')
      expect(mine, text).toEqual(other)
    }),
    { numRuns: 1500 },
  )
})
