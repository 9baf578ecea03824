import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatVersionSpec, parseVersion, parseVersionSpec, versionMatches } from '../../src/conda/index.js'

function matches(spec: string, version: string): boolean {
  return versionMatches(parseVersionSpec(spec, { mode: 'lenient' }), parseVersion(version))
}

test.each([
  ['*', '1', true],
  ['1.2', '1.2.0', true],
  ['==1.2', '1.2+4', false],
  ['=1.2', '1.2.3', true],
  ['1.2.*', '1.20', false],
  ['1.2*', '1.20', false],
  ['1.2.*', '1.2a1', true],
  ['!=1.3', '1.3.4', true],
  ['!=1.3', '1.3.0', false],
  ['!=1.3.*', '1.3.4', false],
  ['>=1.0', '1.0+4', true],
  ['>=1.0', '1.0dev', false],
  ['<1.0', '1.0rc1', true],
  ['<2', '2.0a1', true],
  ['<2.0a0', '2.0a1', false],
  ['~=1.4.2', '1.4.9', true],
  ['~=1.4.2', '1.5', false],
  ['~=1.4.2', '1.4.1', false],
  ['~=1', '7', true],
  ['>1.3.*', '1.3.5', true],
  ['<=1.0.*', '1.0.1', false],
  ['>=1,<2|>=3', '2.5', false],
  ['>=1,<2|>=3', '3', true],
  ['(>=1|<0.5),!=3', '3', false],
  ['(>=1|<0.5),!=3', '0.4', true],
  ['1.*.4', '1.7.4', true],
  ['1.*.4', '1.7.5', false],
  ['^1\\.[24]$', '1.4', true],
  ['^1\\.[24]$', '1.44', false],
  ['>=1!2', '3', false],
])('%s admits %s: %s', (spec, version, expected) => {
  expect(matches(spec, version)).toBe(expected)
})

test.each([
  ['1.2', "missing range specifier for '1.2'. Did you mean '==1.2' or '1.2.*'?"],
  ['=1.2.*', "'*' is incompatible with '=' operator'"],
  ['>=1.2.*', "'*' is incompatible with '>=' operator'"],
  ['===1', 'unable to parse version spec: ===1'],
  ['>', 'unable to parse version spec: >'],
  ['>=1,', 'unable to parse version spec: >=1,'],
  ['^1.2$', 'unable to parse version spec: ^1.2$'],
  ['>=1||<0', 'unable to parse version spec: >=1||<0'],
  ['1.*.3', 'regex constraints are not supported'],
  ['(>=1', 'unable to parse version spec: (>=1'],
  ['(>=1))', 'unable to parse version spec: (>=1))'],
  ['', 'unable to parse version spec: '],
  [`${'('.repeat(100)}>=1${')'.repeat(100)}`, 'unable to parse version spec: ((('],
  ['>=1..2', "malformed version string '1..2'"],
])('strictly, `%s` is refused: %s', (text, message) => {
  expect(() => parseVersionSpec(text, { mode: 'strict' })).toThrow(message)
})

const clause = fc
  .tuple(
    fc.constantFrom('==', '!=', '>=', '<=', '>', '<', '~=', '='),
    fc.constantFrom('1', '1.2', '2.0a0', '1!3', '4+l'),
  )
  .map(([operator, version]) => operator + version)
const { spec } = fc.letrec<{ spec: string; group: string }>((tie) => ({
  group: fc.oneof(
    { depthSize: 'small' },
    clause,
    tie('spec').map((inner) => `(${inner})`),
  ),
  spec: fc
    .array(fc.array(tie('group'), { minLength: 1, maxLength: 2 }), { minLength: 1, maxLength: 2 })
    .map((alternatives) => alternatives.map((parts) => parts.join(',')).join('|')),
}))

test('the canonical text of a spec means the same and is its own canonical text', () => {
  fc.assert(
    fc.property(
      spec,
      fc.constantFrom('1', '1.2', '1.2.3', '2', '2.0a0', '1!3', '4+l', '0'),
      (text, version) => {
        const parsed = parseVersionSpec(text, { mode: 'strict' })
        const canonical = formatVersionSpec(parsed)
        const again = parseVersionSpec(canonical, { mode: 'strict' })
        expect(formatVersionSpec(again)).toBe(canonical)
        expect(versionMatches(again, parseVersion(version))).toBe(
          versionMatches(parsed, parseVersion(version)),
        )
      },
    ),
  )
})
