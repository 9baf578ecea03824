import { expect, test } from 'vitest'
import { BuildError, isBuildError } from '../../../src/errors/index.js'
import type { Origin, RenderedSource } from '../../../src/recipe/index.js'
import {
  checksumMismatch,
  downloadFailed,
  gitRefMissing,
  patchFailed,
  patchMissing,
  pathMissing,
} from '../../../src/stages/fetch-sources/errors.js'
import { atSource } from '../../../src/stages/fetch-sources/index.js'

const expected = 'a'.repeat(64)
const archive: RenderedSource = {
  url: ['https://example.com/a.tgz', 'https://example.org/a.tgz'],
  sha256: expected,
  patches: ['one.patch', 'sub/two.patch'],
}
const repository: RenderedSource = { git: 'https://example.com/a.git', rev: 'refs/tags/v2' }

/** Every place is called after its pointer. */
const origins = new Map(
  ['url/0', 'url/1', 'sha256', 'patches/0', 'patches/1', 'git', 'rev', 'path'].map(
    (key): [string, Origin] => [
      `/source/1/${key}`,
      { span: { file: key, start: 0, end: 1 }, branches: [], reads: [] },
    ],
  ),
)

test.for<[string, RenderedSource, BuildError, string]>([
  ['a wrong checksum', archive, checksumMismatch('a.tgz', 'sha256', { expected, actual: 'b' }), 'sha256'],
  ['a patch that is not there', archive, patchMissing('one.patch'), 'patches/0'],
  ['a patch that does not fit', archive, patchFailed('sub/two.patch', 'no'), 'patches/1'],
  ['the address that failed', archive, downloadFailed('https://example.org/a.tgz', '404'), 'url/1'],
  [
    'the first address of what names none',
    archive,
    new BuildError('x', { code: 'archive/corrupt' }),
    'url/0',
  ],
  ['a tag that is not there', repository, gitRefMissing('refs/tags/v2', 'https://example.com/a.git'), 'rev'],
  ['a path that is not there', { path: '../a' }, pathMissing('../a', '/work/a'), 'path'],
])('a mistake of a source points at %s', ([, source, error, place]) => {
  const located = atSource(error, { source, index: 1, origins })
  expect(isBuildError(located) && located.span?.file).toBe(place)
  expect(isBuildError(located) && located.message).toBe(error.message)
})

test('what has a place already, and what is no mistake of the user, stays as it is', () => {
  const bug = new TypeError('x')
  const placed = new BuildError('x', { code: 'source/git', span: { file: 'other', start: 0, end: 1 } })
  expect(atSource(bug, { source: archive, index: 1, origins })).toBe(bug)
  expect(atSource(placed, { source: archive, index: 1, origins })).toBe(placed)
})

test('a source of another recipe has no place in this one', () => {
  const error = patchMissing('one.patch')
  expect(atSource(error, { source: archive, index: -1, origins })).toBe(error)
})
