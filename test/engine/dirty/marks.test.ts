import fs from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { changedPaths, markTree, readContents } from '../../../src/engine/dirty/marks.js'
import { tempDirectory, testSystem } from '../../support/system.js'

function setUp(mtimeSeconds: number) {
  const root = tempDirectory()
  const file = path.join(root, 'd', 'file')
  fs.mkdirSync(path.dirname(file))
  fs.writeFileSync(file, 'first')
  fs.utimesSync(file, mtimeSeconds, mtimeSeconds)
  return { root, file }
}

const old = 1_000_000_000
const future = Math.floor(Date.now() / 1000) + 86_400

test.each([
  { what: 'its content', change: (file: string) => fs.writeFileSync(file, 'other'), changed: ['d/file'] },
  { what: 'its mode', change: (file: string) => fs.chmodSync(file, 0o755), changed: ['d/file'] },
  {
    what: 'its kind',
    change: (file: string) => {
      fs.rmSync(file)
      fs.symlinkSync('x', file)
    },
    changed: ['d/file'],
  },
  { what: 'nothing', change: () => {}, changed: [] },
  {
    what: 'its content, with size and time set back',
    change: (file: string) => {
      fs.writeFileSync(file, 'other')
      fs.utimesSync(file, old, old)
    },
    changed: ['d/file'],
  },
])('a file that changed $what', async ({ change, changed }) => {
  const { root, file } = setUp(old)
  const system = testSystem()
  const before = await markTree(root, system)
  change(file)
  const after = await markTree(root, system, { takenMs: before.takenMs })
  expect(changedPaths(before.files, after.files)).toEqual(changed)
})

test.each([old, future])('a file whose clock went wrong is told by its content (%d)', async (seconds) => {
  const { root, file } = setUp(seconds)
  // The file system and the clock of the machine need not agree: the look seems to come before the change.
  const system = testSystem({ nowMs: old * 1000 - 5000 })
  const before = await markTree(root, system)
  expect(before.files['d/file']).toMatch(/^file \d+ [0-9a-f]{64}$/)
  fs.writeFileSync(file, 'other')
  fs.utimesSync(file, seconds, seconds)
  const after = await markTree(root, system, { takenMs: before.takenMs })
  expect(changedPaths(before.files, after.files)).toEqual(['d/file'])
})

test('a file that was only touched has the content that it had, and is not read when nothing was', async () => {
  const { root, file } = setUp(old)
  const reads: string[] = []
  const real = testSystem()
  const counting = {
    ...real,
    fs: {
      ...real.fs,
      readBytes: (name: string) => {
        reads.push(name)
        return real.fs.readBytes(name)
      },
    },
  }
  const before = await readContents(root, ['d/file', 'missing'], { system: real })
  const same = await readContents(root, ['d/file'], { known: before, system: counting })
  expect(reads).toEqual([])
  expect(same.contents).toEqual(before.contents)
  fs.utimesSync(file, old + 5, old + 5)
  const touched = await readContents(root, ['d/file'], { known: before, system: counting })
  expect(reads).toEqual([file])
  expect(touched.contents).toEqual(before.contents)
})

test('what lies behind a link is not in the tree', async () => {
  const { root } = setUp(old)
  fs.renameSync(path.join(root, 'd'), path.join(root, 'e'))
  fs.symlinkSync('e', path.join(root, 'd'))
  const { contents } = await readContents(root, ['d/file', 'e/file'], { system: testSystem() })
  expect(Object.keys(contents)).toEqual(['e/file'])
})
