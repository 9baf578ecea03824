/** Every format with one directory at its top, which is left out, and with several entries, which are all kept. */
import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, test } from 'vitest'
import { fetchSources } from '../../../src/stages/fetch-sources/index.js'
import { tempDirectory, testContext } from '../../support/system.js'
import { buildPlan, writeTree } from '../write-package/build-plan.js'

const formats = [
  { name: 'x.tar', command: 'tar -cf A' },
  { name: 'x.tar.gz', command: 'tar -czf A' },
  { name: 'x.taz', command: 'tar -czf A' },
  { name: 'x.tar.bz2', command: 'tar -cjf A' },
  { name: 'x.tbz', command: 'tar -cjf A' },
  { name: 'x.tar.xz', command: 'tar -cJf A' },
  { name: 'x.tar.lzma', command: 'tar --lzma -cf A' },
  { name: 'x.tar.zst', command: 'tar --zstd -cf A' },
  { name: 'x.tar.lz', command: 'tar --lzip -cf A' },
  { name: 'x.tar.Z', command: 'tar -Zcf A' },
  { name: 'x.zip', command: 'zip -qry A' },
  { name: 'x.7z', command: 'bsdtar --format=7zip -cf A' },
  // The name promises another format than the content has.
  { name: 'wrong.tar.gz', command: 'tar -cJf A' },
]

/** What is at the top: in the archive, and in the work directory. */
const tops = {
  'one directory': { packed: ['pkg-1.0/a', 'pkg-1.0/pkg-1.0/b'], placed: ['a', 'pkg-1.0/b'] },
  'two directories': { packed: ['one/a', 'two/b'], placed: ['one/a', 'two/b'] },
  'a directory and a file': { packed: ['pkg-1.0/a', 'README'], placed: ['README', 'pkg-1.0/a'] },
  'one file': { packed: ['README'], placed: ['README'] },
}

async function extract(archive: string, root: string) {
  const source = { url: pathToFileURL(archive).href }
  const plan = buildPlan(root, { recipe: { source: [source] } })
  await fetchSources(plan, { cacheDirectory: path.join(root, 'cache') }, testContext().context)
  const { work } = plan.directories
  return fs
    .readdirSync(work, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory() && entry.name !== '.source_info.json')
    .map((entry) => path.relative(work, path.join(entry.parentPath, entry.name)))
    .sort()
}

describe.each(formats)('a $name made by `$command`', ({ name, command }) => {
  test.each(Object.entries(tops))('with %s at the top', async (_what, { packed, placed }) => {
    const root = tempDirectory()
    const input = path.join(root, 'in')
    writeTree(input, Object.fromEntries(packed.map((file) => [file, file])))
    const archive = path.join(root, name)
    const names = fs.readdirSync(input).sort()
    execFileSync('sh', ['-c', `${command.replace('A', archive)} ${names.join(' ')}`], { cwd: input })
    expect(await extract(archive, root)).toEqual(placed)
  })
})

test('a single link at the top is no directory, although it leads to none', async () => {
  const root = tempDirectory()
  fs.mkdirSync(path.join(root, 'in'))
  fs.symlinkSync('nowhere', path.join(root, 'in/pkg-1.0'))
  execFileSync('tar', ['-cf', path.join(root, 'x.tar'), 'pkg-1.0'], { cwd: path.join(root, 'in') })
  expect(await extract(path.join(root, 'x.tar'), root)).toEqual(['pkg-1.0'])
})
