import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  allPaths,
  findValue,
  formatPath,
  isList,
  parsePath,
  toPointer,
} from '../../../src/engine/explain/value-path.js'
import type { Json } from '../../../src/text/index.js'

test.each([
  { text: 'build.string', path: ['build', 'string'] },
  { text: 'requirements.run[3]', path: ['requirements', 'run', 3] },
  { text: 'source[0].url', path: ['source', 0, 'url'] },
  { text: 'tests[0].script[12]', path: ['tests', 0, 'script', 12] },
  { text: 'extra["a.b"].c', path: ['extra', 'a.b', 'c'] },
  { text: 'python', path: ['python'] },
])('$text is the path $path', ({ text, path }) => {
  expect(parsePath(text)).toEqual(path)
  expect(formatPath(path)).toBe(text)
})

test.each([
  '',
  'a..b',
  'a[',
  'a[x]',
  'a]',
  '.a',
  'a.',
  'a["b]',
  'a[99999999999999999999]',
  `${'a.'.repeat(5000)}`,
])('%j is no path', (text) => {
  expect(parsePath(text)).toBeUndefined()
})

test('every path is read back as it was written', () => {
  const part = fc.oneof(fc.nat(999), fc.string({ minLength: 0, maxLength: 6 }))
  fc.assert(
    fc.property(
      fc.tuple(fc.string({ minLength: 1, maxLength: 6 }), fc.array(part, { maxLength: 4 })),
      ([first, rest]) => {
        const path = [first, ...rest]
        expect(parsePath(formatPath(path))).toEqual(path)
      },
    ),
  )
})

test('every value of a document is found at its path', () => {
  const data = fc.object({
    maxDepth: 3,
    values: [fc.string(), fc.integer(), fc.boolean(), fc.constant(null)],
  })
  fc.assert(
    fc.property(data, (value) => {
      for (const path of allPaths(value as Json)) {
        // An item of a list may be asked for by its name, so keys of lists are not looked for here.
        expect(findValue(value as Json, path)?.path).toEqual(path)
      }
    }),
  )
})

test.each([
  { path: ['run', 'libzlib'], found: ['run', 1] },
  { path: ['run', 'pinned'], found: ['run', 2] },
  { path: ['run', 'nothing'], found: undefined },
  { path: ['run', 9], found: undefined },
  { path: ['__proto__'], found: undefined },
  { path: ['constructor', 'name'], found: undefined },
  { path: ['run', 'length'], found: undefined },
  { path: ['name', 0], found: undefined },
])('$path is found at $found', ({ path, found }) => {
  const root = { name: 'x', run: ['python 3.12.*', 'libzlib >=1.3', { pin_subpackage: { name: 'pinned' } }] }
  expect(findValue(root, path)?.path).toEqual(found)
})

test('a pointer escapes what has a meaning in pointers', () => {
  expect(toPointer(['a/b', 0, 'c~d'])).toBe('/a~1b/0/c~0d')
  expect(isList([]) && !isList({})).toBe(true)
})
