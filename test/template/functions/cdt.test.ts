import { expect, test } from 'vitest'
import { jsonOf } from '../evaluate.js'

test.each([
  ['linux-64', 'mesa 1.*', 'mesa-cos6-x86_64 1.*'],
  ['linux-32', 'mesa', 'mesa-cos6-i686'],
  ['linux-aarch64', 'mesa', 'mesa-cos7-aarch64'],
  ['linux-ppc64le', 'mesa', 'mesa-cos7-ppc64le'],
])('for %s %j is %j', (hostPlatform, name, spec) => {
  expect(jsonOf(`cdt("${name}")`, { functions: { hostPlatform } })).toBe(spec)
})

test('the variant chooses distribution and processor', () => {
  expect(jsonOf('cdt("a")', { variables: { cdt_name: 'alma8', cdt_arch: 'x' } })).toBe('a-alma8-x')
})
