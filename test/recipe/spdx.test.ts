import { expect, test } from 'vitest'
import { checkLicense } from '../../src/recipe/spdx.js'

test.each([
  'MIT',
  'MIT AND (Apache-2.0 OR BSD-3-Clause)',
  'MIT or Apache-2.0',
  'GPL-2.0-or-later WITH GCC-exception-3.1',
  'Apache-2.0+',
  'LicenseRef-foo',
  'DocumentRef-x:LicenseRef-y',
  'NOASSERTION',
])('%s is a license expression', (text) => {
  expect(checkLicense(text)).toBeUndefined()
})

test.each([
  ['mit', /unknown term/],
  ['GPL-3.0', /deprecated/],
  ['GPL-2.0+', /deprecated/],
  ['GPL-2.0-only+', /GNU license/],
  ['MIT/Apache-2.0', /unknown term/],
  ['MIT AND', /missing/],
  ['', /missing/],
  ['(MIT', /closing parenthesis/],
  ['MIT)', /unknown term/],
  ['MIT MIT', /unknown term/],
  ['MIT WITH foo', /unknown exception/],
  ['MIT WITH', /missing/],
  ['NONE', /unknown term/],
  [`${'('.repeat(100)}MIT`, /nested/],
])('%s is not', (text, reason) => {
  expect(checkLicense(text)?.reason).toMatch(reason)
})

test('hints name what was probably meant', () => {
  expect(checkLicense('GPL-3.0')?.hint).toBe('write `GPL-3.0-or-later` or `GPL-3.0-only`')
  expect(checkLicense('mit')?.hint).toBe('did you mean `MIT`?')
  expect(checkLicense('GPLv3')?.hint).toBe('did you mean `GPL-3.0-or-later`?')
  expect(checkLicense('BSD')?.hint).toBe('did you mean `BSD-3-Clause`?')
})
