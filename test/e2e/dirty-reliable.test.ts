/** `--dirty` must not be stale, must not tell secrets, and must fail and warn like a build from nothing. */
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import {
  build,
  edit,
  expectLikeClean,
  flagsOf,
  makeProject,
  type Project,
  write,
} from '../support/dirty-project.js'
import { cleanEnv, krait, mainFile } from '../support/krait.js'

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

/** As somebody whom modes can stop, root included. */
function runStoppable(project: Project, ...more: string[]) {
  const isRoot = process.getuid?.() === 0
  const wrapper = isRoot ? ['setpriv', '--bounding-set=-dac_override,-dac_read_search', '--'] : []
  const words = [...wrapper, process.execPath, mainFile, ...flagsOf(project, 'out'), ...more]
  const [program = '', ...args] = words
  const { status, stderr } = spawnSync(program, args, { env: cleanEnv(project.env), encoding: 'utf8' })
  return { status, stderr }
}

test.each([
  { what: 'a source directory', file: 'src/sub', before: true, code: 5 },
  { what: 'a source file', file: 'src/c.txt', before: true, code: 5 },
  { what: 'a source directory, the first time', file: 'src/sub', before: false, code: 5 },
  { what: 'a file of the work directory', file: 'work/c.txt', before: true, code: 5 },
  { what: 'the recipe', file: 'recipe/recipe.yaml', before: false, code: 3 },
  { what: 'the variants', file: 'recipe/variants.yaml', before: false, code: 3 },
])('$what that cannot be read is exit code $code', async ({ file, before, code }) => {
  const project = await makeProject(lister)
  write(path.join(project.root, 'src/sub/file'), 'text\n')
  if (before) expect(runStoppable(project, '--dirty').status).toBe(0)
  if (before) write(path.join(project.root, 'src/c.txt'), 'changed\n')
  const [kept = ''] = before ? fs.readdirSync(path.join(project.root, 'out/bld')) : []
  const place = path.join(project.root, file.startsWith('work/') ? `out/bld/${kept}/${file}` : file)
  const { mode } = fs.statSync(place)
  fs.chmodSync(place, 0)
  const { status, stderr } = runStoppable(project, '--dirty')
  const look = runStoppable(project, '--dirty-explain')
  fs.chmodSync(place, mode)
  expect(stderr).toContain('permission denied')
  expect(status).toBe(code)
  if (before) expect(look.status).toBe(code)
  expect(runStoppable(project, '--dirty').status).toBe(0)
})

test.each([
  { what: 'the name of a file', line: 'echo x > in-$MY_TOKEN', code: 0 },
  { what: 'a link', line: 'ln -s $MY_TOKEN link', code: 0 },
  { what: 'the name of a packaged file', line: 'echo x > $PREFIX/$MY_TOKEN', code: 7 },
])('a secret in $what is not noted, and the next run makes everything anew', async ({ line, code }) => {
  const script = `  script:\n    secrets: [MY_TOKEN]\n    content:\n    - ${line}\n`
  const project = await makeProject(lister.replace('  script:\n', script))
  const first = await build(project)
  const bld = path.join(project.root, 'out/bld')
  const [kept = ''] = fs.readdirSync(bld)
  const notes = path.join(bld, kept, '.build')
  expect(fs.readdirSync(notes)).toContain('state.json')
  for (const name of fs.readdirSync(notes))
    expect(fs.readFileSync(path.join(notes, name), 'utf8')).not.toContain('tok-en-one')
  const look = await krait([...flagsOf(project, 'out'), '--dirty-explain'], { env: project.env })
  expect(look.stdout).toContain('discard all: a file name or a link held a secret')
  const again = await build(project)
  expect([first.code, again.code]).toEqual([code, code])
  expect(again.judged.all).toBe('discard: a file name or a link held a secret')
  expect(again.stderr).not.toContain('tok-en-one')
})

test('a package that is kept repeats the warnings that it was written with', async () => {
  const project = await makeProject(`${lister}    - echo x > "$PREFIX/share/a b"\n`)
  const said = "Path contains spaces: 'share/a b'"
  const run = () => krait([...flagsOf(project, 'out'), '--dirty'], { env: project.env })
  const first = await run()
  expect(first.stderr).toContain(said)
  for (const _ of [1, 2]) {
    const again = await run()
    expect(again.stderr).toMatch(/reuse package/)
    expect(again.stderr.split(said)).toHaveLength(first.stderr.split(said).length)
  }
})
