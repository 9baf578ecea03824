import { expect, test } from 'vitest'
import { createIgnoreFilter } from '../../src/text/index.js'

const root = { directory: '', text: '*.o\n/build\nlogs/\n!keep.o\n# comment\n' }
const nested = { directory: 'sub', text: '!special.o\nlocal\n' }

test.each([
  { path: 'a.o', isDirectory: false, ignored: true },
  { path: 'deep/er/a.o', isDirectory: false, ignored: true },
  { path: 'keep.o', isDirectory: false, ignored: false },
  { path: 'build', isDirectory: true, ignored: true },
  { path: 'x/build', isDirectory: true, ignored: false },
  { path: 'logs', isDirectory: true, ignored: true },
  { path: 'logs', isDirectory: false, ignored: false },
  { path: 'sub/special.o', isDirectory: false, ignored: false },
  { path: 'special.o', isDirectory: false, ignored: true },
  { path: 'sub/local', isDirectory: false, ignored: true },
  { path: 'local', isDirectory: false, ignored: false },
  { path: 'A.O', isDirectory: false, ignored: false },
])('$path (directory: $isDirectory) is left out: $ignored', async ({ path, isDirectory, ignored }) => {
  const filter = await createIgnoreFilter([root, nested])
  expect(filter(path, isDirectory)).toBe(ignored)
})

test('without rules nothing is left out', async () => {
  const filter = await createIgnoreFilter([])
  expect(filter('anything', false)).toBe(false)
})
