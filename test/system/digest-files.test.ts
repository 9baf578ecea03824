import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { tempDirectory, testSystem } from '../support/system.js'

const { fs } = testSystem()
const nothing = { texts: [], heads: [], threads: 2 }

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

test.each([1, 2, 3, 7, 100])(
  '%i threads tell size, mode and hash of each file, in the order given',
  async (threads) => {
    const root = tempDirectory()
    mkdirSync(path.join(root, 'd'))
    const contents = Array.from({ length: 20 }, (_, index) => Buffer.alloc(index * 200_000, `${index} ünd`))
    const files = contents.map((_, index) => `d/f ${index}`)
    contents.forEach((content, index) => {
      writeFileSync(path.join(root, files[index] ?? ''), content)
    })
    chmodSync(path.join(root, 'd/f 3'), 0o755)
    chmodSync(path.join(root, 'd/f 4'), 0o640)
    const digested = await fs.digestFiles({ ...nothing, root, files, threads })
    expect(digested.map((file) => file?.sha256)).toEqual(contents.map(sha256))
    expect(digested.map((file) => file?.sizeBytes)).toEqual(contents.map(({ length }) => length))
    expect(digested[7]?.modifiedMs).toBe(statSync(path.join(root, 'd/f 7')).mtimeMs)
    expect(digested.slice(3, 5).map((file) => file?.mode)).toEqual([0o755, 0o640])
  },
)

test('no files are no work', async () => {
  expect(await fs.digestFiles({ ...nothing, root: '/', files: [] })).toEqual([])
})

const mebibyte = 1 << 20

test.each([
  ['at the beginning', 0, true],
  ['at the end of the first mebibyte', mebibyte - 6, true],
  ['across two pieces', mebibyte - 3, true],
  ['across the pieces that are really read', mebibyte + 2, true],
  ['at the end of the file', 3 * mebibyte - 6, true],
  ['nowhere', undefined, false],
])('a text that is %s is noticed', async (_where, at, isNoticed) => {
  const root = tempDirectory()
  const bytes = Buffer.alloc(3 * mebibyte, 'abc')
  if (at !== undefined) bytes.write('secret', at)
  writeFileSync(path.join(root, 'f'), bytes)
  const texts = [Buffer.from('secret'), Buffer.from('another')]
  const [file] = await fs.digestFiles({ ...nothing, root, files: ['f'], texts })
  expect(file?.sha256).toBe(isNoticed ? undefined : sha256(bytes))
})

test('a beginning is noticed at the beginning only', async () => {
  const root = tempDirectory()
  writeFileSync(path.join(root, 'program'), '\x7fELF and more')
  writeFileSync(path.join(root, 'text'), 'not \x7fELF')
  writeFileSync(path.join(root, 'short'), '\x7fE')
  const files = ['program', 'text', 'short']
  const digested = await fs.digestFiles({ ...nothing, root, files, heads: [Buffer.from('\x7fELF')] })
  expect(digested.map((file) => file?.sizeBytes)).toEqual([undefined, 8, 2])
})

test('what is no file, or cannot be read, is left to a closer look, and nobody waits for it', async () => {
  const root = tempDirectory()
  mkdirSync(path.join(root, 'directory'))
  symlinkSync('nowhere', path.join(root, 'dangling'))
  execFileSync('mkfifo', [path.join(root, 'fifo')])
  writeFileSync(path.join(root, 'file'), 'x')
  const files = ['directory', 'dangling', 'fifo', 'missing', 'file']
  const digested = await fs.digestFiles({ ...nothing, root, files })
  expect(digested.map((file) => file !== undefined)).toEqual([false, false, false, false, true])
})

test('the signal ends it', async () => {
  const root = tempDirectory()
  writeFileSync(path.join(root, 'file'), 'x')
  const signal = AbortSignal.abort(new Error('stopped'))
  await expect(fs.digestFiles({ ...nothing, root, files: ['file'], signal })).rejects.toThrow('stopped')
})
