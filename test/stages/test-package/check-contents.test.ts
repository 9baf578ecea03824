import { describe, expect, test } from 'vitest'
import { checkPackageContents } from '../../../src/stages/test-package/check-contents.js'
import { platform } from '../../support/env-facts.js'

const linux = { platform: platform('linux-64'), versionIndependent: false }
const windows = { platform: platform('win-64'), versionIndependent: false }
const noarchPython = { platform: undefined, versionIndependent: true }

describe('package_contents', () => {
  test.each([
    { contents: { bin: ['tool'] }, paths: ['bin/tool'], target: linux },
    { contents: { bin: ['foo'] }, paths: ['Scripts/foo.exe'], target: windows },
    { contents: { lib: ['z'] }, paths: ['lib/libz.so.1.3'], target: linux },
    { contents: { lib: ['libz.so'] }, paths: ['lib/libz.so'], target: linux },
    { contents: { lib: ['z'] }, paths: ['Library/bin/z.dll', 'Library/lib/z.lib'], target: windows },
    { contents: { include: ['zlib.h'] }, paths: ['include/zlib.h'], target: linux },
    {
      contents: { site_packages: ['numpy.core'] },
      paths: ['lib/python3.11/site-packages/numpy/core/__init__.py'],
      target: linux,
    },
    {
      contents: { site_packages: ['numpy/core/*.py'] },
      paths: ['site-packages/numpy/core/a/b.py'],
      target: noarchPython,
    },
    { contents: { files: ['share/**/*.txt'] }, paths: ['share/a/b.txt'], target: linux },
    { contents: { files: { not_exists: ['*.la'] } }, paths: ['lib/x.so'], target: linux },
    { contents: { bin: ['a'], strict: true as const }, paths: ['bin/a'], target: linux },
  ])('$contents is met by $paths', ({ contents, paths, target }) => {
    expect(() => checkPackageContents(contents, paths, target)).not.toThrow()
  })

  test.each([
    { contents: { bin: ['z'] }, paths: ['bin/zz'], says: 'No match for bin glob: bin/z' },
    {
      contents: { lib: ['z'] },
      paths: ['lib/z.a'],
      says: 'No match for lib glob: lib/{,lib}z.so, lib/{,lib}z.so.*',
    },
    { contents: { lib: ['libz.so'] }, paths: ['lib/libz.so.1'], says: 'No match for lib glob: lib/libz.so' },
    {
      contents: { bin: { not_exists: ['y'] } },
      paths: ['bin/y'],
      says: "Found matches for bin 'not_exists' glob: y - files should not exist",
    },
    {
      contents: { bin: ['a'], strict: true as const },
      paths: ['bin/a', 'b', 'c'],
      says: 'Strict mode: 2 unmatched files found: b, c',
    },
  ])('$contents is not met by $paths', ({ contents, paths, says }) => {
    expect(() => checkPackageContents(contents, paths, linux)).toThrow(says)
  })

  test('tells all problems at once', () => {
    const check = () => checkPackageContents({ bin: ['a', 'b'] }, [], linux)
    expect(check).toThrow(/bin\/a; No match for bin glob: bin\/b/)
  })
})
