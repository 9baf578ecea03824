import { expect, test } from 'vitest'
import { highestVersions } from '../../../src/engine/package/symbol-versions.js'

test.each([
  { versions: [], highest: [] },
  {
    versions: ['libc.so.6 GLIBC_2.2.5', 'libm.so.6 GLIBC_2.29', 'libc.so.6 GLIBC_2.17'],
    highest: ['GLIBC_2.29'],
  },
  { versions: ['a GLIBC_2.9', 'a GLIBC_2.10'], highest: ['GLIBC_2.10'] },
  { versions: ['a GLIBC_2.2.5', 'a GLIBC_2.2'], highest: ['GLIBC_2.2.5'] },
  { versions: ['a GLIBC_2.2', 'a GLIBC_2.2.5'], highest: ['GLIBC_2.2.5'] },
  { versions: ['a CXXABI_1.3.9', 'a GLIBCXX_3.4.21'], highest: ['CXXABI_1.3.9', 'GLIBCXX_3.4.21'] },
  { versions: ['a OPENSSL_1_1_0', 'a OPENSSL_1_0_2'], highest: ['OPENSSL_1_1_0'] },
  { versions: ['a LIBX_1.9', 'a LIBX_1.10', 'a LIBY_1'], highest: ['LIBX_1.10', 'LIBY_1'] },
  { versions: ['a GLIBC_PRIVATE', 'a GLIBC_ABI_DT_RELR'], highest: ['GLIBC_ABI_DT_RELR', 'GLIBC_PRIVATE'] },
  { versions: ['a ', 'a ____', 'a 12'], highest: ['12'] },
])('the highest of $versions are $highest', ({ versions, highest }) => {
  expect(highestVersions(versions)).toEqual(highest)
})

test('a long hostile name is looked at once', () => {
  const name = `${'1_'.repeat(500_000)}x`
  expect(highestVersions([`a ${name}`])).toEqual([name])
})
