import { expect, test } from 'vitest'
import { applyPin, type Pin } from '../../src/conda/index.js'

test.each<[string, Pin, string]>([
  ['1.2.3', { name: 'a', lower_bound: 'x.x.x.x.x.x', upper_bound: 'x' }, 'a >=1.2.3,<2.0a0'],
  ['3.10.5', { name: 'a', lower_bound: 'x.x', upper_bound: 'x.x' }, 'a >=3.10,<3.11.0a0'],
  ['9e', { name: 'a', upper_bound: 'x' }, 'a <10a'],
  ['1.26.4', { name: 'NumPy', lower_bound: 'x.x', upper_bound: 'x' }, 'numpy >=1.26,<2.0a0'],
  ['1!2.3', { name: 'a', upper_bound: 'x' }, 'a <1!3.0a0'],
  ['1.2+l', { name: 'a', upper_bound: 'x' }, 'a <2.0a0'],
  ['1.2rc1', { name: 'a', upper_bound: 'x.x' }, 'a <1.2a2'],
  ['1.2dev', { name: 'a', upper_bound: 'x.x' }, 'a <1.3dev.0a0'],
  ['1.2', { name: 'a', upper_bound: 'x.x.x.x' }, 'a <1.3.0a0'],
  ['1.2.3', { name: 'a', upper_bound: '2.5' }, 'a <2.5'],
  ['1.2.3', { name: 'a', lower_bound: '1.0', upper_bound: 'x', build: 'h*' }, 'a >=1.0,<2.0a0 h*'],
  ['1.2.3', { name: 'a' }, 'a'],
  ['1.2.3', { name: 'a', build: 'h*' }, 'a[build="h*"]'],
  ['1.2.3', { name: 'a', exact: true }, 'a ==1.2.3 hb0f4dca_0'],
])('a package of version %s pinned by %j is `%s`', (version, pin, expected) => {
  expect(applyPin(pin, { version, build: 'hb0f4dca_0' })).toBe(expected)
})

test('a pin expression without `x` is refused', () => {
  expect(() => applyPin({ name: 'a', upper_bound: '.' }, { version: '1', build: '0' })).toThrow(
    "'.' has no `x`",
  )
})
