/** `--dirty`: after each kind of change exactly what depends on it runs again, and the package is that of a clean build. */
import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import {
  build,
  edit,
  expectLikeClean,
  flagsOf,
  makeDependency,
  makeProject,
  type Project,
  recipe,
  write,
} from '../support/dirty-project.js'
import { krait } from '../support/krait.js'

const steps = `package: {name: demo, version: "1"}
source:
  - path: ../src
    patches: [first.patch]
requirements:
  host: [dep]
build:
  steps:
    - run: ['for f in *.txt; do [ made/$f -nt $f ] || { mkdir -p made; tr a-z A-Z < $f > made/$f; echo "made $f"; }; done']
    - run: [mkdir -p $PREFIX/share, 'for f in *.txt; do cp made/$f $PREFIX/share/$f; done']
    - run: [echo last > $PREFIX/share/last]
`

const secondPatch = `--- a/b.txt
+++ b/b.txt
@@ -1 +1,2 @@
 bee
+bumble
`

const whole = ['solve', 'sources', 'install', 'script', 'package', 'test']
const script = ['solve', 'script', 'package', 'test']
const sources = ['solve', 'sources', 'script', 'package', 'test']

interface Change {
  readonly what: string
  readonly apply: (project: Project) => unknown
  readonly ran: readonly string[]
  readonly judged: Readonly<Record<string, unknown>>
  readonly made?: readonly string[]
  readonly text?: string
}

const changes: readonly Change[] = [
  {
    what: 'nothing',
    apply: () => {},
    ran: ['solve'],
    judged: { package: expect.stringMatching(/^reuse/), tests: 'reuse: passed before' },
  },
  {
    what: 'a line of the script',
    apply: ({ recipe: file }) => edit(file, '"$MODE $', '"mode $MODE $'),
    ran: script,
    judged: { sources: 'reuse: 1 unchanged', script: 'run: the script changed' },
  },
  {
    what: 'an inline step',
    text: steps,
    apply: ({ recipe: file }) => edit(file, 'echo last', 'echo very last'),
    ran: script,
    judged: { script: 'run: step 2 changed' },
  },
  {
    what: 'an edited patch',
    apply: ({ root }) => edit(path.join(root, 'recipe/first.patch'), '+zwei', '+deux'),
    ran: sources,
    judged: { sources: 'sync: a.txt changed' },
    made: ['a.txt'],
  },
  {
    what: 'an appended patch',
    apply: ({ root, recipe: file }) => {
      write(path.join(root, 'recipe/second.patch'), secondPatch)
      edit(file, '[first.patch]', '[first.patch, second.patch]')
    },
    ran: sources,
    judged: { sources: 'sync: b.txt changed' },
    made: ['b.txt'],
  },
  {
    what: 'a removed patch',
    apply: ({ recipe: file }) => edit(file, 'patches: [first.patch]', 'patches: []'),
    ran: sources,
    judged: { sources: 'sync: a.txt changed' },
    made: ['a.txt'],
  },
  {
    what: 'a changed source file',
    apply: ({ root }) => write(path.join(root, 'src/c.txt'), 'see\n'),
    ran: sources,
    judged: {
      sources: 'sync: c.txt changed',
      'host env': 'reuse: 1 package',
      script: 'run: sources changed',
    },
    made: ['c.txt'],
  },
  {
    what: 'a source file that is older than what it replaces',
    apply: ({ root }) => {
      const file = write(path.join(root, 'src/c.txt'), 'old\n')
      fs.utimesSync(file, 1_000_000_000, 1_000_000_000)
    },
    ran: sources,
    judged: { sources: 'sync: c.txt changed' },
    made: ['c.txt'],
  },
  {
    what: 'an added source file',
    apply: ({ root }) => write(path.join(root, 'src/sub/../d.txt'), 'new\n'),
    ran: sources,
    judged: { sources: 'sync: d.txt changed' },
    made: ['d.txt'],
  },
  {
    what: 'a deleted source file',
    apply: ({ root }) => fs.rmSync(path.join(root, 'src/c.txt')),
    ran: sources,
    judged: { sources: 'sync: c.txt changed' },
    made: [],
  },
  {
    what: 'a source file that was only touched',
    apply: ({ root }) => fs.utimesSync(path.join(root, 'src/c.txt'), 1_800_000_000, 1_800_000_000),
    ran: ['solve', 'sources'],
    judged: { sources: 'reuse: 1 unchanged', script: 'reuse: unchanged' },
  },
  {
    what: 'the variant',
    apply: ({ root }) => write(path.join(root, 'recipe/variants.yaml'), 'flavour: [sour]\n'),
    ran: whole,
    judged: { all: 'discard: nothing was built here before' },
    made: ['a.txt', 'b.txt', 'c.txt'],
  },
  {
    what: 'a host dependency that was built anew',
    apply: ({ root }) => makeDependency(root, '2'),
    ran: ['solve', 'install', 'script', 'package', 'test'],
    judged: { 'host env': 'update: dep 1 -> 2', script: 'run: host env changed' },
    made: [],
  },
  {
    what: 'the value of a variable',
    apply: ({ recipe: file }) => edit(file, 'MODE: plain', 'MODE: fancy'),
    ran: script,
    judged: { script: 'run: variable MODE changed' },
  },
  {
    what: 'a secret that was rotated',
    apply: ({ env }) => void Object.assign(env, { MY_TOKEN: 'tok-en-number-two' }),
    ran: script,
    judged: { script: 'run: secret MY_TOKEN changed' },
  },
  {
    what: 'metadata of the recipe',
    apply: ({ recipe: file }) => edit(file, 'A demo', 'Another demo'),
    ran: ['solve', 'package', 'test'],
    judged: { script: 'reuse: unchanged', package: 'write: the recipe changed' },
  },
  {
    what: 'a test',
    apply: ({ recipe: file }) => edit(file, 'test -f', 'test -s'),
    ran: ['solve', 'package', 'test'],
    judged: { script: 'reuse: unchanged', tests: 'run: the package is new' },
  },
]

test.each(changes)('after $what', async ({ apply, ran, judged, made = [], text }) => {
  const project = await makeProject(
    text?.replace('recipe/', 'recipe/') ??
      recipe.replace('build:\n', 'build:\n  variant: {use_keys: [flavour]}\n'),
  )
  const first = await build(project)
  expect(first.stderr).not.toContain('build-failed')
  expect(first.code).toBe(0)
  await apply(project)
  if (ran.includes('script') && judged.all)
    fs.rmSync(path.join(project.root, 'out/dirty'), { recursive: true })
  const second = await build(project)
  expect(second.judged).toMatchObject(judged)
  expect(second.ran).toEqual(ran)
  expect(second.made).toEqual(made)
  expect(second.code).toBe(0)
  await expectLikeClean(project)
})

test('after a failed run what it made is kept, and the next one goes on', async () => {
  const project = await makeProject()
  write(path.join(project.root, 'out/fail'), '')
  const failed = await build(project)
  expect(failed.code).toBe(6)
  fs.rmSync(path.join(project.root, 'out/fail'))
  const second = await build(project)
  expect(second.judged).toMatchObject({
    sources: 'reuse: 1 unchanged',
    script: 'run: it did not come to its end',
  })
  expect([second.code, second.ran, second.made]).toEqual([0, script, []])
  await expectLikeClean(project)
})

test('a value of a secret or a variable is nowhere in the notes, which only their owner can read', async () => {
  const project = await makeProject(recipe.replace('MODE: plain', 'MODE: very-visible-value'))
  await build(project)
  const [name = ''] = fs
    .readdirSync(path.join(project.root, 'out/bld'))
    .filter((entry) => !entry.endsWith('.lock'))
  const file = path.join(project.root, 'out/bld', name, '.build/state.json')
  expect(fs.statSync(file).mode & 0o777).toBe(0o600)
  const text = fs.readFileSync(file, 'utf8')
  expect(text).not.toContain('tok-en-one')
  expect(text).not.toContain('very-visible-value')
  expect(text).toContain('"MY_TOKEN"')
})

test('an ordinary build never touches the kept directory', async () => {
  const project = await makeProject()
  await build(project)
  const list = () =>
    execFileSync('find', [path.join(project.root, 'out/bld'), '-printf', '%p %T@ %i\n']).toString()
  const before = list()
  const { code } = await krait(flagsOf(project, 'out'), { env: project.env })
  expect(code).toBe(0)
  expect(
    list()
      .split('\n')
      .filter((line) => !/\/bld [\d.]+/.test(line)),
  ).toEqual(before.split('\n').filter((line) => !/\/bld [\d.]+/.test(line)))
})
