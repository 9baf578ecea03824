import { expect, test } from 'vitest'
import { findPattern, isPrerelease, readVersion } from '../../../src/engine/bump/version-pattern.js'

test.each([
  ['v1.2.3', '1.2.3', 'v1.4', '1.4'],
  ['release-1_2_3', '1.2.3', 'release-2_0', '2.0'],
  ['python3-3.tar.gz', '3', 'python3-10.tar.gz', '10'],
  ['demo-1.2.tar.gz', '1.2', 'demo-1.3.tar.bz2', undefined],
  ['demo-1.2.tar.gz', '1.2', 'demo-1.3-src.tar.gz', undefined],
  ['demo-1.2.tar.gz', '1.2', 'demo-.tar.gz', undefined],
  ['a1.2a', '1.2', 'a', undefined],
  ['v1.2', '1.2', 'vnext', undefined],
])('%s with %s makes %s version %s', (name, version, other, expected) => {
  const pattern = findPattern(name, version)
  expect(pattern).toBeDefined()
  expect(pattern && readVersion(other, pattern)).toBe(expected)
})

test.each([
  ['v11.2', '1.2'],
  ['v1.23', '1.2'],
  ['main', '1.2'],
])('%s does not hold %s', (name, version) => {
  expect(findPattern(name, version)).toBeUndefined()
})

test.each([
  ['1.0', false],
  ['1.0.post1', false],
  ['2024a', false],
  ['1.1.1w', false],
  ['1.0a1', true],
  ['1.0rc2', true],
  ['1.0.dev3', true],
  ['1.0_beta', true],
  ['3.0c1', true],
])('%s is a prerelease: %s', (version, expected) => {
  expect(isPrerelease(version)).toBe(expected)
})
