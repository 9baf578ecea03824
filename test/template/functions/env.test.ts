import { expect, test } from 'vitest'
import type { EffectRead } from '../../../src/template/index.js'
import { jsonOf, render, resultOf } from '../evaluate.js'

const functions = { effects: { env: (name: string) => (name === 'HOME' ? '/home/me' : undefined) } }

test.each([
  ['env.get("HOME")', '/home/me'],
  ['env.get("NOPE", default="d")', 'd'],
  ['env.get("NOPE", default=3)', 3],
  ['env.exists("HOME")', true],
  ['env.exists("NOPE")', false],
  ['env.HOME is defined', false],
])('%s is %j', (expression, expected) => {
  expect(jsonOf(expression, { functions })).toBe(expected)
})

test('a variable that is not set is an error, and the default is a keyword', () => {
  expect(() => resultOf('env.get("NOPE")', { functions })).toThrow('Environment variable NOPE not found')
  expect(() => resultOf('env.get("NOPE", "d")', { functions })).toThrow(/too many arguments/)
})

test('prints as an empty map, and every lookup is told', () => {
  const reads: EffectRead[] = []
  render('${{ env }}${{ env.get("HOME") }}', {
    functions: { ...functions, onEffect: (read) => reads.push(read) },
  })
  expect(reads).toEqual([{ kind: 'env', name: 'HOME', value: '/home/me' }])
  expect(render('${{ env }}', { functions })).toBe('{}')
})
