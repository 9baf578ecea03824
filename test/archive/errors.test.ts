import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { extractPackage, readPackageInfo, writePackageArchive } from '../../src/archive/index.js'
import { tempDirectory, testContext } from '../support/system.js'

test.each([
  { title: 'text', content: Buffer.from('hello'), code: 'archive/unknown-format' },
  { title: 'another compression', content: gzipSync('x'), code: 'archive/not-a-package' },
  {
    title: 'a bzip2 file without a tar inside',
    content: execFileSync('bzip2', ['-c'], { input: 'x'.repeat(2000) }),
    code: 'archive/corrupt',
  },
  { title: 'nothing at all', content: Buffer.alloc(0), code: 'archive/unknown-format' },
])('$title under the name of a package is refused with $code', async ({ content, code }) => {
  const directory = tempDirectory()
  const file = path.join(directory, 'x.conda')
  fs.writeFileSync(file, content)
  const { context } = testContext()
  await expect(extractPackage(file, path.join(directory, 'out'), context)).rejects.toMatchObject({ code })
  await expect(readPackageInfo(file, ['info/index.json'], context)).rejects.toMatchObject({ code })
})

test('a zip that is no package says which part is missing', async () => {
  const directory = tempDirectory()
  fs.writeFileSync(path.join(directory, 'a'), 'a')
  execFileSync('zip', ['-q', 'x.zip', 'a'], { cwd: directory })
  const { context } = testContext()
  const run = readPackageInfo(path.join(directory, 'x.zip'), ['info/index.json'], context)
  await expect(run).rejects.toThrow('is not a conda package: it has no `info-*.tar.zst`')
})

test('packages of other writers are read: compressed members, any order, no metadata.json', async () => {
  const directory = tempDirectory()
  fs.mkdirSync(path.join(directory, 'info'))
  fs.writeFileSync(path.join(directory, 'info/index.json'), '{}')
  fs.writeFileSync(path.join(directory, 'f'), 'f'.repeat(5000))
  const tar = (name: string, ...files: string[]) =>
    execFileSync('sh', ['-c', `tar --format=pax -c ${files.join(' ')} | zstd -q > ${name}`], {
      cwd: directory,
    })
  tar('info-x-1-0.tar.zst', './info/index.json')
  tar('pkg-x-1-0.tar.zst', './f')
  execFileSync('zip', ['-q9', 'x.conda', 'info-x-1-0.tar.zst', 'pkg-x-1-0.tar.zst'], { cwd: directory })
  const { context } = testContext()
  const file = path.join(directory, 'x.conda')
  expect((await readPackageInfo(file, ['info/'], context)).size).toBe(1)
  expect(await extractPackage(file, path.join(directory, 'out'), context)).toMatchObject({ files: 2 })
})

test.each(['../x', '/x', 'a//b', '', 'a/./b', 'a\0b'])('the entry name %j is never written', async (name) => {
  const directory = tempDirectory()
  const { context } = testContext()
  const run = writePackageArchive(
    {
      destination: path.join(directory, 'x.conda'),
      id: 'x-1-0',
      format: 'conda',
      level: 1,
      threads: 1,
      timestampSeconds: 0,
      content: [{ kind: 'bytes', path: name, content: Buffer.alloc(0) }],
      info: [],
    },
    context,
  )
  await expect(run).rejects.toMatchObject({ code: 'archive/cannot-encode' })
  expect(fs.readdirSync(directory)).toEqual([])
})
