import { createHash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ArchiveEntry, PackageArchiveRequest } from '../../src/archive/index.js'
import { extractPackage, readPackageInfo, writePackageArchive } from '../../src/archive/index.js'
import { tempDirectory, testContext } from '../support/system.js'

const index = Buffer.from('{"name": "demo"}')

function request(directory: string, overrides: Partial<PackageArchiveRequest> = {}): PackageArchiveRequest {
  const format = overrides.format ?? 'conda'
  return {
    destination: path.join(directory, 'linux-64', `demo-1.0-0.${format}`),
    id: 'demo-1.0-0',
    format,
    level: 3,
    threads: 1,
    timestampSeconds: 1_700_000_001,
    content: [],
    info: [{ kind: 'bytes', path: 'info/index.json', content: index }],
    ...overrides,
  }
}

/** A world without any program: everything has to work in this process. */
const noPrograms = { env: { PATH: '' } }

describe.each([
  { format: 'conda' as const, programs: 'programs of the machine', options: {} },
  { format: 'conda' as const, programs: 'no programs at all', options: noPrograms },
  { format: 'tar.bz2' as const, programs: 'programs of the machine', options: {} },
  { format: 'tar.bz2' as const, programs: 'no programs at all', options: noPrograms },
])('a $format package with $programs', ({ format, options }) => {
  test('comes back as it was written', async () => {
    const directory = tempDirectory()
    const { context } = testContext(options)
    const source = path.join(directory, 'big')
    const big = Buffer.alloc(5_000_000, 'some text that repeats ')
    fs.writeFileSync(source, big)
    const content: ArchiveEntry[] = [
      { kind: 'file', path: 'share/big', source, sizeBytes: big.length, executable: false },
      { kind: 'bytes', path: 'bin/tool', content: Buffer.from('#!/bin/sh\n'), executable: true },
      { kind: 'symlink', path: 'lib/libz.so', target: 'libz.so.1' },
      { kind: 'bytes', path: `long/${'x'.repeat(120)}/ünï`, content: Buffer.from('long') },
      { kind: 'symlink', path: 'long/link', target: 'y'.repeat(150) },
    ]
    const written = await writePackageArchive(request(directory, { format, content }), context)
    const bytes = fs.readFileSync(written.path)
    expect(written.sha256).toBe(createHash('sha256').update(bytes).digest('hex'))
    expect(written.md5).toBe(createHash('md5').update(bytes).digest('hex'))
    expect(written.sizeBytes).toBe(bytes.length)

    const target = path.join(directory, 'extracted')
    const result = await extractPackage(written.path, target, context)
    expect(result.files).toBe(6)
    expect(fs.readFileSync(path.join(target, 'share/big')).equals(big)).toBe(true)
    expect(fs.statSync(path.join(target, 'bin/tool')).mode & 0o777).toBe(0o755)
    expect(fs.statSync(path.join(target, 'share/big')).mode & 0o777).toBe(0o644)
    expect(fs.statSync(path.join(target, 'bin/tool')).mtimeMs).toBe(1_700_000_001_000)
    expect(fs.readlinkSync(path.join(target, 'lib/libz.so'))).toBe('libz.so.1')
    expect(fs.readlinkSync(path.join(target, 'long/link'))).toBe('y'.repeat(150))
    expect(fs.readFileSync(path.join(target, `long/${'x'.repeat(120)}/ünï`), 'utf8')).toBe('long')

    const info = await readPackageInfo(written.path, ['info/index.json', 'info/missing'], context)
    expect([...info.keys()]).toEqual(['info/index.json'])
    expect(Buffer.from(info.get('info/index.json') ?? []).equals(index)).toBe(true)
  })

  test('has the same bytes whatever the order of the entries was', async () => {
    const directory = tempDirectory()
    const { context } = testContext(options)
    const content: ArchiveEntry[] = ['a-b', 'a/b', 'a/c', 'Z'].map((name) => ({
      kind: 'bytes',
      path: name,
      content: Buffer.from(name),
    }))
    const first = await writePackageArchive(request(path.join(directory, '1'), { format, content }), context)
    const again = await writePackageArchive(
      request(path.join(directory, '2'), { format, content: content.toReversed() }),
      context,
    )
    expect(again.sha256).toBe(first.sha256)
  })

  test('that was cut short is refused wherever the cut is', async () => {
    const directory = tempDirectory()
    const { context } = testContext(options)
    const content: ArchiveEntry[] = [{ kind: 'bytes', path: 'a', content: Buffer.alloc(3000, 'abc') }]
    const written = await writePackageArchive(request(directory, { format, content }), context)
    const bytes = fs.readFileSync(written.path)
    for (const length of [40, bytes.length >> 1, bytes.length - 1]) {
      const short = path.join(directory, `short-${length}.${format}`)
      fs.writeFileSync(short, bytes.subarray(0, length))
      await expect(extractPackage(short, path.join(directory, `x${length}`), context)).rejects.toMatchObject({
        code: 'archive/corrupt',
      })
    }
  })
})

test('nothing but the archive is left in the directory, and others may read it', async () => {
  const directory = tempDirectory()
  const { context } = testContext()
  const written = await writePackageArchive(request(directory), context)
  expect(fs.readdirSync(path.dirname(written.path))).toEqual(['demo-1.0-0.conda'])
  expect(fs.statSync(written.path).mode & 0o777).toBe(0o666 & ~process.umask())
})

test('a file that is longer than announced ends the build and leaves nothing behind', async () => {
  const directory = tempDirectory()
  const { context } = testContext()
  const source = path.join(directory, 'f')
  fs.writeFileSync(source, 'four')
  const content: ArchiveEntry[] = [{ kind: 'file', path: 'f', source, sizeBytes: 3, executable: false }]
  await expect(writePackageArchive(request(directory, { content }), context)).rejects.toMatchObject({
    code: 'archive/file-changed',
  })
  expect(fs.readdirSync(path.join(directory, 'linux-64'))).toEqual([])
})

test('a file that was written again after it was hashed ends the build', async () => {
  const directory = tempDirectory()
  const { context } = testContext()
  const source = path.join(directory, 'f')
  fs.writeFileSync(source, 'four')
  const modifiedMs = fs.statSync(source).mtimeMs
  const file = { kind: 'file', path: 'f', source, sizeBytes: 4, modifiedMs, executable: false } as const
  await writePackageArchive(request(directory, { content: [file] }), context)
  fs.writeFileSync(source, 'five')
  fs.utimesSync(source, 1, 1)
  await expect(writePackageArchive(request(directory, { content: [file] }), context)).rejects.toMatchObject({
    code: 'archive/file-changed',
  })
})

test('an interrupted call leaves nothing behind', async () => {
  const directory = tempDirectory()
  const controller = new AbortController()
  const { context } = testContext({ signal: controller.signal })
  controller.abort()
  await expect(writePackageArchive(request(directory), context)).rejects.toThrow()
  expect(fs.readdirSync(path.join(directory, 'linux-64'))).toEqual([])
})

test('any tree survives the way through an archive, and twice the same tree gives the same bytes', async () => {
  const directory = tempDirectory()
  const { context } = testContext()
  const part = fc
    .string({ minLength: 1, maxLength: 40, unit: 'grapheme' })
    .map((text) => text.replace(/[/\0]/g, '_'))
    .filter(
      (text) =>
        text !== '.' &&
        text !== '..' &&
        Buffer.byteLength(text) < 200 &&
        Buffer.from(text).toString() === text,
    )
  const tree = fc.dictionary(part, fc.uint8Array({ maxLength: 2000 }), { maxKeys: 6, noNullPrototype: true })
  let run = 0
  await fc.assert(
    fc.asyncProperty(tree, fc.constantFrom('conda' as const, 'tar.bz2' as const), async (files, format) => {
      run += 1
      const content: ArchiveEntry[] = Object.entries(files).map(([name, bytes]) => ({
        kind: 'bytes',
        path: `d/${name}`,
        content: bytes,
      }))
      const first = await writePackageArchive(
        request(path.join(directory, `a${run}`), { format, content }),
        context,
      )
      const again = await writePackageArchive(
        request(path.join(directory, `b${run}`), { format, content }),
        context,
      )
      expect(again.sha256).toBe(first.sha256)
      const target = path.join(directory, `x${run}`)
      await extractPackage(first.path, target, context)
      for (const [name, bytes] of Object.entries(files))
        expect(fs.readFileSync(path.join(target, 'd', name)).equals(bytes)).toBe(true)
    }),
    { numRuns: 25 },
  )
})
