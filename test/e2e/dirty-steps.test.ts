/** `reusable: true` on build steps: with `--dirty` unchanged steps at the beginning of a script do not run again. */
import fs from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import {
  build,
  edit,
  expectLikeClean,
  hostPrefixOf,
  makeDependency,
  makeProject,
  type Project,
  write,
} from '../support/dirty-project.js'
import { krait } from '../support/krait.js'

/** Every step that runs says so in a line that starts with `made`. */
const recipe = `package: {name: demo, version: "1"}
source: [{path: ../src}]
requirements:
  host: [dep]
build:
  steps:
    - run: [echo "made zero", mkdir -p $PREFIX/share, cat *.txt > built, cp built $PREFIX/share/zero]
      reusable: true
    - run: [echo "made one", cat built built > twice, cp twice $PREFIX/share/one]
      env: {LEVEL: "1"}
      reusable: true
    - run: [echo "made two", cp twice $PREFIX/share/two, test ! -e ../../../fail]
    - run: [echo "made three", echo last > $PREFIX/share/last]
      reusable: true
`

const every = ['zero', 'one', 'two', 'three']
const unchanged = 'reuse: unchanged'
const again = expect.stringMatching(/^run: /)

interface Change {
  readonly what: string
  readonly apply: (project: Project) => unknown
  readonly made: readonly string[]
  readonly judged: Readonly<Record<string, unknown>>
}

const changes: readonly Change[] = [
  {
    what: 'a later step',
    apply: ({ recipe: file }) => edit(file, 'echo last', 'echo very last'),
    made: ['two', 'three'],
    judged: { script: 'run: step 3 changed', 'step 0': unchanged, 'step 1': unchanged },
  },
  {
    what: 'the second reusable step',
    apply: ({ recipe: file }) => edit(file, 'cat built built', 'cat built'),
    made: ['one', 'two', 'three'],
    judged: { 'step 0': unchanged, 'step 1': again },
  },
  {
    what: 'the environment of the second reusable step',
    apply: ({ recipe: file }) => edit(file, 'LEVEL: "1"', 'LEVEL: "2"'),
    made: ['one', 'two', 'three'],
    judged: { 'step 0': unchanged, 'step 1': again },
  },
  {
    what: 'the first step',
    apply: ({ recipe: file }) => edit(file, 'cat *.txt', 'cat *.txt *.txt'),
    made: every,
    judged: { 'step 0': again, 'step 1': again },
  },
  {
    what: 'a source',
    apply: ({ root }) => write(path.join(root, 'src/a.txt'), 'other\n'),
    made: every,
    judged: { script: 'run: sources changed', 'step 0': again },
  },
  {
    what: 'a host dependency',
    apply: ({ root }) => makeDependency(root, '2'),
    made: every,
    judged: { script: 'run: host env changed', 'step 0': again },
  },
  {
    what: 'a file beside the recipe',
    apply: ({ root }) => write(path.join(root, 'recipe/notes.txt'), 'new\n'),
    made: every,
    judged: { script: 'run: notes.txt beside the recipe changed', 'step 0': again },
  },
  {
    what: 'the mark of the first step, which is no reusable one any more',
    apply: ({ recipe: file }) => {
      edit(file, '      reusable: true\n', '')
      edit(file, 'echo last', 'echo very last')
    },
    made: every,
    judged: { script: 'run: step 3 changed' },
  },
]

test.each(changes)(
  'after a change of $what exactly the steps behind it run: $made',
  async ({ apply, made, judged }) => {
    const project = await makeProject(recipe)
    const first = await build(project)
    expect({ code: first.code, made: first.made }).toEqual({ code: 0, made: every })
    await apply(project)
    const second = await build(project)
    expect(second.judged).toMatchObject(judged)
    expect({ code: second.code, made: second.made }).toEqual({ code: 0, made })
    await expectLikeClean(project)
  },
)

test('after a later step failed, reusable steps that had finished are skipped', async () => {
  const project = await makeProject(recipe)
  write(path.join(project.root, 'out/fail'), '')
  const failed = await build(project)
  expect({ code: failed.code, made: failed.made }).toEqual({ code: 6, made: ['zero', 'one', 'two'] })
  expect(failed.stderr).toContain('"step":"step 2"')
  fs.rmSync(path.join(project.root, 'out/fail'))
  const second = await build(project)
  expect({ code: second.code, made: second.made }).toEqual({ code: 0, made: ['two', 'three'] })
  await expectLikeClean(project)
})

test('what a skipped step put into the prefix must be there as it was, what later ones put there is removed', async () => {
  const project = await makeProject(recipe)
  await build(project)
  write(path.join(hostPrefixOf(project), 'share/last'), 'spoilt\n')
  const later = await build(project)
  expect(later.made).toEqual(['two', 'three'])
  write(path.join(hostPrefixOf(project), 'share/one'), 'spoilt\n')
  const own = await build(project)
  expect(own.made).toEqual(['one', 'two', 'three'])
  fs.rmSync(path.join(hostPrefixOf(project), 'share/zero'))
  const first = await build(project)
  expect(first.made).toEqual(every)
  await expectLikeClean(project)
})

test('a script that changes its sources has no step that can be skipped', async () => {
  const project = await makeProject(
    recipe.replace('cat *.txt > built', 'echo more >> a.txt; cat *.txt > built'),
  )
  await build(project)
  edit(project.recipe, 'echo last', 'echo very last')
  expect((await build(project)).made).toEqual(every)
  await expectLikeClean(project)
})

test.each([
  { flags: ['--from', 'script'], made: every },
  { flags: ['--dirty=env'], made: every },
])('with $flags all steps run', async ({ flags, made }) => {
  const project = await makeProject(recipe)
  await build(project)
  expect((await build(project, flags)).made).toEqual(made)
})

test('edits in the work directory lead to another run of all steps', async () => {
  const project = await makeProject(recipe)
  await build(project)
  write(path.join(path.dirname(hostPrefixOf(project)), 'work/built'), 'by hand\n')
  expect((await build(project)).made).toEqual(every)
})

test('what a reusable step did elsewhere is not noticed', async () => {
  const project = await makeProject(recipe.replace('echo "made zero"', 'echo "made zero" > ROOT/elsewhere'))
  edit(project.recipe, 'ROOT', project.root)
  await build(project)
  fs.rmSync(path.join(project.root, 'elsewhere'))
  edit(project.recipe, 'echo last', 'echo very last')
  expect((await build(project)).made).toEqual(['two', 'three'])
  expect(fs.existsSync(path.join(project.root, 'elsewhere'))).toBe(false)
})

test('`reusable` is true or false, and changes nothing without --dirty', async () => {
  const project = await makeProject(recipe)
  const { code, stdout } = await krait(['build', project.recipe, '--render-only', '--experimental'])
  expect(code).toBe(0)
  expect(stdout).toContain('"reusable": true')
  edit(project.recipe, 'reusable: true', 'reusable: perhaps')
  const wrong = await krait(['build', project.recipe, '--render-only', '--experimental'])
  expect(wrong.code).toBe(3)
  expect(wrong.stderr).toMatch(/recipe\.yaml:\d+:\d+[\s\S]*perhaps/)
})
