import { expect, test } from 'vitest'
import {
  convertChoice,
  convertInteger,
  convertText,
  FieldError,
  type TextFormat,
} from '../../src/recipe/index.js'

const hash = 'aB'.repeat(32)

test.each<[TextFormat, string, string]>([
  ['text', ' x ', ' x '],
  ['trimmed', ' x ', 'x'],
  ['package-name', 'A_b.c-1', 'A_b.c-1'],
  ['version', '1.10', '1.10'],
  ['url', 'https://x.org', 'https://x.org/'],
  ['url', 'https://x.org/{a}', 'https://x.org/%7Ba%7D'],
  ['url-or-path', 'git@x.org:a/b', 'git@x.org:a/b'],
  ['url-or-path', 'https://x.org', 'https://x.org/'],
  ['url-or-path', './a', './a'],
  ['sha256', hash, hash.toLowerCase()],
  ['sha256', '', '0'.repeat(64)],
  ['md5', '', '0'.repeat(32)],
  ['license', 'MIT and Apache-2.0', 'MIT and Apache-2.0'],
  ['glob', '**/*.{py,so}', '**/*.{py,so}'],
  ['regex', '(?i)a(?P<n>b)', '(?i)a(?P<n>b)'],
  ['regex', '\\Aa\\\\1(?i:b)\\z', '\\Aa\\\\1(?i:b)\\z'],
  ['entry-point', 'foo=a.b : c', 'foo = a.b:c'],
  ['build-flag', 'blas:mkl', 'blas:mkl'],
  ['python-version', '3.10', '3.10'],
  ['env-value', 'a b', 'a b'],
])('as %s %j is %j', (format, text, expected) => {
  expect(convertText(format, text)).toBe(expected)
})

test.each<[TextFormat, string, RegExp]>([
  ['package-name', 'a b', /not a valid package name/],
  ['package-name', '', /not a valid package name/],
  ['version', '1..2', /malformed version string '1..2'/],
  ['url', 'foo', /Invalid URL 'foo': relative URL without a base/],
  ['sha256', 'abc', /Invalid SHA256 checksum: abc/],
  ['md5', 'z'.repeat(32), /Invalid MD5 checksum/],
  ['license', 'mit', /failed to parse SPDX license: 'mit', because: 'mit': unknown term/],
  ['glob', '[', /Invalid glob pattern '\['/],
  ['regex', '(', /Invalid regular expression/],
  ['regex', '(?=a)', /look-around/],
  ['regex', '(a)\\1', /backreferences/],
  ['entry-point', 'foo = "a:b"', /invalid entry point/],
  ['entry-point', 'foo = a-b:c', /invalid entry point/],
  ['build-flag', 'A', /invalid flag/],
  ['python-version', '>=3', /version spec|operator/],
  ['env-value', 'a\nb', /newline/],
])('as %s %j is refused', (format, text, message) => {
  expect(() => convertText(format, text)).toThrow(message)
  expect(() => convertText(format, text)).toThrow(FieldError)
})

const integer = { kind: 'integer', min: 0, max: 10, doc: '' } as const

test('integers are whole, in range, and may have leading zeros', () => {
  expect(convertInteger(integer, '007')).toBe(7)
  expect(convertInteger(integer, '+3')).toBe(3)
  for (const text of ['', 'x', '1.5', '-1', '11'])
    expect(() => convertInteger(integer, text)).toThrow(FieldError)
})

test('a choice is one of its words; some words mean nothing', () => {
  const field = {
    kind: 'choice',
    values: ['a', 'b'],
    absent: ['none'],
    complaint: "no '{}'",
    doc: '',
  } as const
  expect(convertChoice(field, 'a')).toBe('a')
  expect(convertChoice(field, 'none')).toBeUndefined()
  expect(() => convertChoice(field, 'c')).toThrow("no 'c'")
})
