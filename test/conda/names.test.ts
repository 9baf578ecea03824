import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  comparePackagePaths,
  formatArchiveName,
  hashVariant,
  parseArchiveName,
  parseChannel,
  parsePackageName,
} from '../../src/conda/index.js'

describe('archive names', () => {
  test.each([
    ['a-b-1.0-h1_0.conda', { name: 'a-b', version: '1.0', build: 'h1_0', format: 'conda' }],
    ['_x-1!2-0.tar.bz2', { name: '_x', version: '1!2', build: '0', format: 'tar.bz2' }],
  ])('%s is taken apart and put together again', (fileName, expected) => {
    const parsed = parseArchiveName(fileName)
    expect(parsed).toEqual(expected)
    expect(parsed && formatArchiveName(parsed)).toBe(fileName)
  })

  test.each([
    'a-1.conda',
    'a-1-0.zip',
    '-1-0.conda',
    'a--0.conda',
    '../x-1-0.conda',
    'a-1-.conda',
    'a-1-0',
    '',
  ])('`%s` is not a package', (fileName) => expect(parseArchiveName(fileName)).toBeUndefined())
})

test('package names are compared in lower case and have few characters', () => {
  expect(parsePackageName('Foo.Bar-_1')).toBe('foo.bar-_1')
  expect(() => parsePackageName('a/b')).toThrow("'a/b' is not a valid package name")
})

describe('channels', () => {
  test.each([
    ['conda-forge', 'https://conda.anaconda.org/conda-forge/', 'conda-forge'],
    ['a/b', 'https://conda.anaconda.org/a/b/', 'a/b'],
    ['https://x.org/ch', 'https://x.org/ch/', 'https://x.org/ch'],
    ['https://x.org/ch///', 'https://x.org/ch/', 'https://x.org/ch'],
    ['./ch', 'file:///base/ch/', 'file:///base/ch'],
    ['../ch', 'file:///ch/', 'file:///ch'],
    ['.', 'file:///base/', 'file:///base'],
    ['~/ch', 'file:///home/me/ch/', 'file:///home/me/ch'],
    ['/a b', 'file:///a%20b/', 'file:///a%20b'],
    ['conda-forge/linux-64', 'https://conda.anaconda.org/conda-forge/linux-64/', 'conda-forge/linux-64'],
  ])('`%s` is at %s', (text, url, name) => {
    expect(parseChannel(text, { baseDirectory: '/base', homeDirectory: '/home/me' })).toEqual({
      url,
      displayUrl: url,
      name,
    })
  })

  test('the platforms of a suffix are kept apart', () => {
    expect(parseChannel('conda-forge[linux-64,noarch]').platforms).toEqual(['linux-64', 'noarch'])
  })

  test.each(['https://me:pass@x.org/ch', 'https://x.org/t/pass/ch'])(
    '`%s` is shown without credentials',
    (text) => {
      const channel = parseChannel(text)
      expect(channel.displayUrl).toBe('https://x.org/ch/')
      expect(channel.name).not.toContain('pass')
      expect(channel.url).toContain('pass')
    },
  )

  test.each(['', 'a:b', 'a[', 'a\\b'])('`%s` is no channel', (text) => {
    expect(() => parseChannel(text)).toThrow('invalid channel name')
  })
})

describe('build hashes', () => {
  test.each([
    [{ __unix: '__unix', target_platform: 'noarch' }, { hash: '5600cae' }],
    [{ python: '3.12.* *_cpython', numpy: '2' }, { prefix: 'np2py312' }],
    [{ perl: '5.32.1', lua: '5.4', r_base: '4.4' }, { prefix: 'pl5321lua54r44' }],
  ])('%j gives %j', (variant, expected) => {
    expect(hashVariant(variant)).toMatchObject(expected)
  })

  test('a noarch python package has the prefix `py` whatever the variant', () => {
    const variant = {
      channel_sources: 'conda-forge',
      channel_targets: 'conda-forge main',
      hist_base: '2.9.2 pyhc364b38_0',
      target_platform: 'noarch',
    }
    expect(hashVariant(variant, { noarch: 'python' })).toEqual({ hash: '4dd403a', prefix: 'py' })
  })

  test('the type of a value counts', () => {
    expect(hashVariant({ a: 3 }).hash).not.toBe(hashVariant({ a: '3' }).hash)
  })
})

test('package paths are ordered by the bytes of their components', () => {
  const path = fc
    .array(fc.constantFrom('a', 'a-b', 'b', 'a.', 'ä', '😀', '\uffee', 'aa'), { minLength: 1, maxLength: 4 })
    .map((parts) => parts.join('/'))
  const byComponents = (left: string, right: string): number => {
    const [a, b] = [left.split('/'), right.split('/')]
    for (let at = 0; at < Math.min(a.length, b.length); at += 1) {
      const order = Buffer.compare(Buffer.from(a[at] ?? ''), Buffer.from(b[at] ?? ''))
      if (order !== 0) return order
    }
    return a.length - b.length
  }
  fc.assert(
    fc.property(path, path, (left, right) => {
      expect(Math.sign(comparePackagePaths(left, right))).toBe(Math.sign(byComponents(left, right)))
    }),
  )
})
