import { spawn } from 'node:child_process'
import { chmodSync, linkSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { stampOf } from '../../src/system/index.js'
import { tempDirectory, testSystem } from '../support/system.js'

const { fs } = testSystem()

describe('a failed operation', () => {
  test('names what was done to which path', async () => {
    await expect(fs.readText('/no/such/file')).rejects.toMatchObject({
      code: 'system/not-found',
      message: 'cannot read `/no/such/file`: no such file or directory',
    })
  })

  test('on a full disk says so and leaves no half-written file', async () => {
    await expect(fs.writeFile('/dev/full', 'x')).rejects.toMatchObject({ code: 'system/no-space' })
  })
})

test('looking at nothing gives nothing', async () => {
  const directory = tempDirectory()
  symlinkSync('nowhere', path.join(directory, 'dangling'))
  expect(await fs.lstat('/no/such')).toBeUndefined()
  expect(await fs.stat(path.join(directory, 'dangling'))).toBeUndefined()
  expect(await fs.lstat(path.join(directory, 'dangling'))).toMatchObject({ type: 'symlink' })
  expect(await fs.list('/no/such')).toEqual([])
})

test('a listing with information leaves out links that lead nowhere, or in circles', async () => {
  const directory = tempDirectory()
  writeFileSync(path.join(directory, 'b'), 'text')
  mkdirSync(path.join(directory, 'a'))
  symlinkSync('b', path.join(directory, 'link'))
  symlinkSync('nowhere', path.join(directory, 'dangling'))
  symlinkSync('circle', path.join(directory, 'circle'))
  const entries = await fs.listWithInfo(directory)
  expect(entries.map(({ name, type }) => `${name} ${type}`)).toEqual(['a directory', 'b file', 'link file'])
  const info = await fs.stat(path.join(directory, 'b'))
  expect(info && { sizeBytes: info.sizeBytes, stamp: stampOf(info) }).toMatchObject({
    sizeBytes: entries[1]?.sizeBytes,
    stamp: entries[1]?.stamp,
  })
  expect(await fs.listWithInfo('/no/such')).toEqual([])
})

test('a directory below one that others remove whenever it is empty is made all the same', async () => {
  const parent = path.join(tempDirectory(), 'shared')
  const code = `const { rmdirSync } = require('node:fs')
    setInterval(() => { try { rmdirSync(${JSON.stringify(parent)}) } catch {} }, 1)`
  const remover = spawn(process.execPath, ['-e', code])
  onTestFinished(() => void remover.kill('SIGKILL'))
  for (let round = 0; round < 1000; round += 1) {
    await fs.remove(await fs.makeTempDirectory(parent, 'own-', { makesParent: true }))
  }
})

test('a walk lists parents before children, sorted, and does not follow links', async () => {
  const root = tempDirectory()
  mkdirSync(path.join(root, 'b/c'), { recursive: true })
  writeFileSync(path.join(root, 'b/c/file'), '')
  writeFileSync(path.join(root, 'a'), '')
  symlinkSync('b', path.join(root, 'link'))
  const entries = await fs.walk(root)
  expect(entries.map(({ path: name, type }) => `${name} ${type}`)).toEqual([
    'a file',
    'b directory',
    'b/c directory',
    'b/c/file file',
    'link symlink',
  ])
  expect(await fs.walk(root, (entry) => entry.path === 'b')).toHaveLength(2)
})

test('an atomic write replaces the file and keeps nothing beside it', async () => {
  const root = tempDirectory()
  const file = path.join(root, 'f')
  await fs.writeFileAtomic(file, 'old')
  await fs.writeFileAtomic(file, 'new', { mode: 0o600 })
  expect(readFileSync(file, 'utf8')).toBe('new')
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(await fs.list(root)).toEqual(['f'])
})

test('files that are written together appear in their order, or none of them changes', async () => {
  const root = tempDirectory()
  const [first, second] = [path.join(root, 'first'), path.join(root, 'missing/second')]
  const content = Buffer.from('new')
  const failing = fs.writeTogether([first, second].map((file) => ({ file, content })))
  await expect(failing).rejects.toMatchObject({ code: 'system/not-found' })
  expect(await fs.list(root)).toEqual([])
  mkdirSync(path.dirname(second))
  await fs.writeTogether([first, second].map((file) => ({ file, content })))
  expect([first, second].map((file) => readFileSync(file, 'utf8'))).toEqual(['new', 'new'])
  expect(await fs.list(root)).toEqual(['first', 'missing'])
  expect(await fs.list(path.dirname(second))).toEqual(['second'])
})

test.each(['n'.repeat(255), 'ö'.repeat(127)])(
  'a file with a name as long as names can be is replaced: %s',
  async (name) => {
    const file = path.join(tempDirectory(), name)
    await fs.writeFileAtomic(file, 'new')
    expect(readFileSync(file, 'utf8')).toBe('new')
  },
)

test('only one of two creates a file exclusively', async () => {
  const file = path.join(tempDirectory(), 'lock')
  expect(await Promise.all([fs.createExclusive(file, 'a'), fs.createExclusive(file, 'b')])).toEqual(
    expect.arrayContaining([true, false]),
  )
})

test('a read-only tree is removed all the same', async () => {
  const root = path.join(tempDirectory(), 'tree')
  mkdirSync(path.join(root, 'locked'), { recursive: true })
  writeFileSync(path.join(root, 'locked/file'), '')
  chmodSync(path.join(root, 'locked'), 0o500)
  await fs.remove(root)
  expect(await fs.lstat(root)).toBeUndefined()
})

test('linking replaces what is there and reports how many became links', async () => {
  const root = tempDirectory()
  writeFileSync(path.join(root, 'from'), 'content')
  writeFileSync(path.join(root, 'to'), 'old')
  const linked = await fs.linkFiles([{ from: path.join(root, 'from'), to: path.join(root, 'to') }])
  expect(linked).toBe(1)
  expect(statSync(path.join(root, 'to')).ino).toBe(statSync(path.join(root, 'from')).ino)
})

test('a range is read and written in place', async () => {
  const file = path.join(tempDirectory(), 'f')
  writeFileSync(file, 'abcdef')
  linkSync(file, `${file}2`)
  await fs.writeRange(file, 2, Buffer.from('XY'))
  expect(Buffer.from(await fs.readRange(file, 1, 100)).toString()).toBe('bXYef')
  expect(readFileSync(`${file}2`, 'utf8')).toBe('abXYef')
})
