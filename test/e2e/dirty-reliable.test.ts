/** `--dirty` must not be stale, must not tell secrets, and must fail and warn like a build from nothing. */
import fs from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { build, edit, expectLikeClean, makeProject, write } from '../support/dirty-project.js'

/** Packages what directories there are, and builds into one of the sources. */
const lister = `package: {name: demo, version: "1"}
source: [{path: ../src}]
build:
  script:
    - mkdir -p $PREFIX/share
    - find . -type d ! -path './objects*' | sort > $PREFIX/share/directories
    - (cd $RECIPE_DIR; find . -type d | sort) > $PREFIX/share/beside
    - mkdir -p objects; echo made > objects/one; if [ -d src/kept ]; then echo made > src/kept/object; fi
`

interface DirectoryChange {
  readonly what: string
  readonly apply: (root: string) => unknown
  readonly judged: Readonly<Record<string, string>>
}

const changes: readonly DirectoryChange[] = [
  {
    what: 'new in a source',
    apply: (root) => fs.mkdirSync(path.join(root, 'src/new/inner'), { recursive: true }),
    judged: { sources: 'sync: new/inner changed', script: 'run: sources changed' },
  },
  {
    what: 'gone from a source',
    apply: (root) => fs.rmdirSync(path.join(root, 'src/empty')),
    judged: { sources: 'sync: empty changed', script: 'run: sources changed' },
  },
  {
    what: 'replaced by a file',
    apply: (root) => {
      fs.rmdirSync(path.join(root, 'src/empty'))
      write(path.join(root, 'src/empty'), 'a file\n')
    },
    judged: { sources: 'sync: empty changed', script: 'run: sources changed' },
  },
  {
    what: 'new beside the recipe',
    apply: (root) => fs.mkdirSync(path.join(root, 'recipe/new')),
    judged: { sources: 'reuse: 1 unchanged', script: 'run: new beside the recipe changed' },
  },
]

test.each(changes)('an empty directory that is $what is noticed', async ({ apply, judged }) => {
  const project = await makeProject(lister)
  fs.mkdirSync(path.join(project.root, 'src/empty'))
  expect((await build(project)).code).toBe(0)
  expect((await build(project)).judged).toMatchObject({
    sources: 'reuse: 1 unchanged',
    script: 'reuse: unchanged',
  })
  await apply(project.root)
  const next = await build(project)
  expect([next.code, next.judged]).toEqual([0, expect.objectContaining(judged)])
  await expectLikeClean(project)
})

test('a directory whose last file went is empty first, and gone when the source has it no more', async () => {
  const project = await makeProject(lister)
  const file = write(path.join(project.root, 'src/d/e/file'), 'text\n')
  expect((await build(project)).code).toBe(0)
  fs.rmSync(file)
  expect((await build(project)).judged).toMatchObject({ sources: 'sync: d/e/file changed' })
  await expectLikeClean(project)
  fs.rmSync(path.join(project.root, 'src/d'), { recursive: true })
  expect((await build(project)).judged).toMatchObject({ sources: 'sync: d/e changed' })
  await expectLikeClean(project)
})

test('an empty directory of the sources that the script removes is there again the next time', async () => {
  const project = await makeProject(`${lister}    - rmdir empty\n`)
  fs.mkdirSync(path.join(project.root, 'src/empty'))
  expect((await build(project)).code).toBe(0)
  edit(project.recipe, 'echo made', 'echo made again')
  const next = await build(project)
  expect([next.code, next.judged.script]).toEqual([0, 'run: the script changed'])
  await expectLikeClean(project)
})
