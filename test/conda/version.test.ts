import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compareVersions, formatVersion, parseVersion, versionStartsWith } from '../../src/conda/index.js'

const ordered = [
  ['1.0dev', '1.0_', '1.0a', '1.0'],
  ['1.1dev1', '1.1a1', '1.1.0dev1', '1.1.a1', '1.1.0rc1', '1.1', '1.1.post1', '1.1post1'],
  ['1.0.1_', '1.0.1a', '1.0.1'],
  ['0.4.1', '0.4.1.1'],
  ['9', '1!0.1'],
  ['1.0+a', '1.0', '1.0+1.x'],
  ['1.2dev', '1.2devdev', '1.2', '1.2post'],
  ['1.2postfix', '1.2'],
  ['1.9', '1.10'],
  ['20240101123456', '20240101123457'],
  ['9007199254740993', '9007199254740994'],
]

describe('the order of versions', () => {
  test.each(ordered.flatMap((list) => list.slice(1).map((newer, at) => ({ older: list[at] ?? '', newer }))))(
    '$older is older than $newer',
    ({ older, newer }) => {
      expect(compareVersions(parseVersion(older), parseVersion(newer))).toBeLessThan(0)
      expect(compareVersions(parseVersion(newer), parseVersion(older))).toBeGreaterThan(0)
    },
  )

  test.each([
    ['1.1', '1.1.0.0'],
    ['1-2', '1_2'],
    ['0.5C1', '0.5c1'],
    ['1996.07.12', '1996.7.12'],
    ['1.1.0dev1', '1.1.dev1'],
    ['1.0', '1.0+0'],
  ])('%s equals %s', (left, right) => {
    expect(compareVersions(parseVersion(left), parseVersion(right))).toBe(0)
  })
})

const component = fc.oneof(
  fc.integer({ min: 0, max: 30 }).map(String),
  fc.constantFrom('a', 'rc', 'dev', 'post', 'b1', '0', '1a2', 'post1', '00', '1_'),
)
const versionText = fc
  .tuple(
    fc.constantFrom('', '1!'),
    fc.array(component, { minLength: 1, maxLength: 4 }),
    fc.constantFrom('', '+l1', '+1'),
  )
  .map(([epoch, parts, local]) => epoch + parts.map((part) => part.replace('_', '')).join('.') + local)

test('the order is total: antisymmetric and transitive', () => {
  fc.assert(
    fc.property(versionText, versionText, versionText, (a, b, c) => {
      const sorted = [a, b, c].map(parseVersion).sort(compareVersions)
      const [first, second, third] = sorted
      if (!first || !second || !third) return
      expect(compareVersions(first, second)).toBeLessThanOrEqual(0)
      expect(compareVersions(second, third)).toBeLessThanOrEqual(0)
      expect(compareVersions(first, third)).toBeLessThanOrEqual(0)
      expect(Math.sign(compareVersions(first, third))).toBe(-Math.sign(compareVersions(third, first)) + 0)
    }),
  )
})

test('the canonical text of a version parses to an equal version and is its own canonical text', () => {
  fc.assert(
    fc.property(versionText, (text) => {
      const version = parseVersion(text)
      const canonical = formatVersion(version)
      expect(compareVersions(parseVersion(canonical), version)).toBe(0)
      expect(formatVersion(parseVersion(canonical))).toBe(canonical)
    }),
  )
})

test.each([
  ['01.02', '1.2'],
  ['1.0RC1', '1.0rc1'],
  ['v0.1', 'v0.1'],
  ['0x1', '0x1'],
  ['1_2-', undefined],
  ['1-2', '1-2'],
  ['1!2.0+AB.01', '1!2.0+ab.1'],
  ['1.0.1_', '1.0.1_'],
  ['0!1', '1'],
])('%s is written %s', (text, canonical) => {
  if (canonical === undefined)
    expect(() => parseVersion(text)).toThrow('cannot use both underscores and dashes')
  else expect(formatVersion(parseVersion(text))).toBe(canonical)
})

test.each([
  ['', 'empty string'],
  ['1..2', 'encountered more characters but expected none'],
  ['1__2', 'encountered more characters but expected none'],
  ['1.', 'encountered more characters but expected none'],
  ['1é', 'encountered more characters but expected none'],
  ['1!1!1', 'encountered more characters but expected none'],
  ['1+1+1', 'encountered more characters but expected none'],
  ['1!', 'expected a version component'],
  ['!1', 'expected a version component'],
  ['.1', 'expected a version component'],
  ['1+', 'expected a version component'],
  ['1'.repeat(300), 'longer than 256 characters'],
])('`%s` is refused: %s', (text, reason) => {
  expect(() => parseVersion(text)).toThrow(`malformed version string '${text}': ${reason}`)
})

test.each([
  ['1.2', '1.2', true],
  ['1.2', '1.2.9', true],
  ['1.2', '1.2rc1', true],
  ['1.2', '1.20', false],
  ['1.2.0', '1.2', true],
  ['1.1.1', '1.1c.1', false],
  ['1.2', '1!1.2', false],
  ['1.2+a', '1.2+a.1', true],
  ['1.2+a', '1.2.1+a', false],
  ['1.0.0_version', '1.0.0_version1', true],
])('%s is a prefix of %s: %s', (prefix, version, expected) => {
  expect(versionStartsWith(parseVersion(version), parseVersion(prefix))).toBe(expected)
})

test('every version starts with each of its own beginnings', () => {
  fc.assert(
    fc.property(versionText, fc.nat(4), (text, count) => {
      const version = parseVersion(text)
      const prefix = { ...version, segments: version.segments.slice(0, Math.max(1, count)), local: [] }
      expect(versionStartsWith(version, prefix)).toBe(true)
    }),
  )
})
