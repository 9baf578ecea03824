import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compileFileGlob, compileGlob, createGlobFilter, findGlobProblem } from '../../src/text/index.js'

describe('the plain form', () => {
  test.each([
    ['*.txt', 'a/b/c.txt', true],
    ['*.txt', '.hidden.txt', true],
    ['*.TXT', 'a.txt', false],
    ['bin/*', 'bin/x/y', true],
    ['a?b', 'a/b', true],
    ['a?b', 'ab', false],
    ['x?y', 'xüy', true],
    ['**/foo', 'foo', true],
    ['**/foo', 'a/b/foo', true],
    ['**/foo', 'afoo', false],
    ['a/**', 'a', false],
    ['a/**', 'a/b/c', true],
    ['a/**/b', 'a/b', true],
    ['a/**/b', 'a/x/y/b', true],
    ['a/**/b', 'a/xb', false],
    ['a**b', 'a/x/b', true],
    ['**', 'anything/at/all', true],
    ['**/**/x', 'x', true],
    ['a/**/**', 'a/b', true],
    ['[abc].c', 'b.c', true],
    ['[!a].c', 'b.c', true],
    ['[!a].c', 'a.c', false],
    ['[^a].c', 'b.c', true],
    ['[a-c]x', 'bx', true],
    ['[a-c]x', 'dx', false],
    ['[]]', ']', true],
    ['[a-]', '-', true],
    ['{a,b{c,d}}', 'bd', true],
    ['{a,b{c,d}}', 'b', false],
    ['lib/{,lib}z.so', 'lib/z.so', true],
    ['lib/{,lib}z.so', 'lib/libz.so', true],
    ['{**/a,b}', 'x/a', true],
    ['a\\*b', 'a*b', true],
    ['a\\*b', 'axb', false],
    ['!a', 'b', false],
    ['!a', '!a', true],
    ['/a', 'a', false],
    ['a,b', 'a,b', true],
    ['lib', 'lib/x.so', false],
  ])('%s against %s is %s', (pattern, path, expected) => {
    expect(compileGlob(pattern).matches(path)).toBe(expected)
  })
})

describe('the form of file lists', () => {
  test.each([
    ['lib', 'lib', true],
    ['lib', 'lib/x.so', true],
    ['lib', 'mylib/x', false],
    ['*.so', 'lib/a.so/x', true],
    ['dir/', 'dir', false],
    ['dir/', 'dir/.hidden', true],
    ['./dir', 'dir/x', true],
    ['.', 'x/y', true],
    ['./', 'x/y', true],
    ['', 'x', true],
    ['a/**', 'a', false],
    ['a/**', 'a/b', true],
    ['../x', 'x', false],
  ])('%s against %s is %s', (pattern, path, expected) => {
    expect(compileFileGlob(pattern).matches(path)).toBe(expected)
  })

  test.each([
    { lists: [], path: 'a', expected: false },
    { lists: { include: [], exclude: ['b'] }, path: 'a', expected: true },
    { lists: { include: ['a'], exclude: ['a/b'] }, path: 'a/b', expected: false },
    { lists: { include: ['a'], exclude: ['a/b'] }, path: 'a/c', expected: true },
    { lists: { include: ['a'] }, path: 'b', expected: false },
  ])('$lists decides about $path: $expected', ({ lists, path, expected }) => {
    expect(createGlobFilter(lists)(path)).toBe(expected)
  })
})

test.each([
  ['[a', 'unclosed character class; missing `]`'],
  ['{a', 'unclosed alternate group; missing `}`'],
  ['a}', 'unopened alternate group; missing `{`'],
  ['[z-a]', 'invalid range; `z` > `a`'],
  ['a\\', 'dangling `\\`'],
])('%s is refused: %s', (pattern, problem) => {
  expect(findGlobProblem(pattern)).toBe(problem)
  expect(() => compileGlob(pattern)).toThrow(SyntaxError)
})

test('a pattern made to be slow is not', () => {
  const pattern = `${'a*'.repeat(40)}b`
  // A backtracking matcher would need longer than the age of the universe for this one.
  expect(compileGlob(pattern).matches('a'.repeat(3000))).toBe(false)
})

test('a path matches itself when its special characters are escaped', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (path) => {
      fc.pre(Buffer.from(path).toString() === path)
      const escaped = path.replace(/[*?[\]{}\\,!]/g, '\\$&')
      expect(compileGlob(escaped).matches(path)).toBe(true)
    }),
  )
})

test('no pattern makes the matcher fail in another way than saying so', () => {
  const piece = fc.constantFrom('a', '/', '*', '**', '?', '[', ']', '{', '}', ',', '\\', '-', '!')
  fc.assert(
    fc.property(fc.array(piece), fc.string(), (pieces, path) => {
      const pattern = pieces.join('')
      if (findGlobProblem(pattern) === undefined) compileGlob(pattern).matches(path)
      else expect(() => compileGlob(pattern)).toThrow(SyntaxError)
    }),
  )
})
