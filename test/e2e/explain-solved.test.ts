/** `krait explain env.NAME` and `run.NAME`: what only solved environments tell. */
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { krait } from '../support/krait.js'
import { tempDirectory } from '../support/system.js'

const dep = `package: {name: dep, version: "1.2"}
build:
  noarch: generic
  script: ["mkdir -p $PREFIX/etc/conda/activate.d", "echo 'export DEP_FLAGS=-O3' > $PREFIX/etc/conda/activate.d/dep.sh"]
requirements:
  run_exports: {weak: ["\${{ pin_subpackage('dep') }}"], strong: ["other >=1"]}
`

const app = `package: {name: app, version: "1"}
build:
  script: {content: ["true"], env: {MODE: fast}}
requirements:
  host:
    - dep
  run:
    - plain >=2
  ignore_run_exports:
    by_name: [other]
`

async function setUp(appRecipe: string = app) {
  const cwd = tempDirectory()
  for (const [name, text] of Object.entries({ dep, app: appRecipe })) {
    mkdirSync(path.join(cwd, name))
    writeFileSync(path.join(cwd, name, 'recipe.yaml'), text)
  }
  mkdirSync(path.join(cwd, 'empty/noarch'), { recursive: true })
  writeFileSync(path.join(cwd, 'empty/noarch/repodata.json'), '{"packages":{},"packages.conda":{}}')
  expect((await krait(['build', 'dep', '-c', './empty'], { cwd })).code).toBe(0)
  const ask = (command: string, what: string, ...flags: string[]) =>
    krait([command, what, 'app', '-c', './empty', ...flags], { cwd })
  return Object.assign((what: string, ...flags: string[]) => ask('explain', what, ...flags), {
    inSameDirectory: ask,
  })
}

test('a run dependency names its run export and the line that asked for the package that has it', async () => {
  const explain = await setUp()
  const { code, stdout } = await explain('run.dep')
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout: expect.stringMatching(
      /^dep >=1\.2,<2\.0a0 {2}\(app-1-\w+\)\n {2}run export \(weak\) of dep 1\.2 \w+ in the host environment\n {2}dep is asked for at app\/recipe\.yaml:6:7\n$/,
    ),
  })
  const written = await explain('run.plain', '--json')
  expect(JSON.parse(written.stdout)).toMatchObject({ cause: 'requirement', at: 'app/recipe.yaml:8:7' })
})

test('a variable names the activation script and its package, or the line or the row that set it', async () => {
  const explain = await setUp()
  expect((await explain('env.DEP_FLAGS')).stdout).toMatch(
    /^DEP_FLAGS = "-O3" {2}\(app-1-\w+\)\n {2}set by dep: etc\/conda\/activate\.d\/dep\.sh \(host environment\)\n$/,
  )
  expect((await explain('env.MODE')).stdout).toContain('set by recipe (app/recipe.yaml:3:')
  expect((await explain('env.CPU_COUNT')).stdout).toContain('set by krait')
  expect(JSON.parse((await explain('env.DEP_FLAGS', '--json')).stdout)).toMatchObject({
    name: 'DEP_FLAGS',
    from: { kind: 'activation', package: 'dep' },
  })
})

test('what is not there is said in one message, an ignored run export with its reason', async () => {
  const explain = await setUp()
  const cases = [
    ['run.other', 'dep exports it (host), and that is ignored'],
    ['run.plan', 'did you mean `run.plain`?'],
    ['env.DEP_FLAG', 'did you mean `env.DEP_FLAGS`?'],
    ['env.', 'there is no `env.`'],
  ] as const
  for (const [what, says] of cases) {
    const { code, stdout, stderr } = await explain(what)
    expect(stderr).toContain(says)
    expect({ what, code, stdout }).toEqual({ what, code: 2, stdout: '' })
  }
})

const staged = `recipe: {name: staged, version: "1"}
outputs:
  - staging: {name: built}
    requirements:
      host:
        - dep
    build: {script: [mkdir -p $PREFIX/share, touch $PREFIX/share/staged]}
  - package: {name: inheriting}
    inherit: built
    requirements: {ignore_run_exports: {by_name: [other]}}
    build: {files: [share/staged]}
`

test('what an output inherits from a staging output is told with the line of the staging output', async () => {
  const explain = await setUp(staged)
  const { code, stdout } = await explain('run.dep')
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout: expect.stringMatching(
      /^dep >=1\.2,<2\.0a0 {2}\(inheriting-1-\w+\)\n {2}run export \(weak\) of dep 1\.2 \w+ in the host environment of the staging output built\n {2}dep is asked for at app\/recipe\.yaml:6:11\n$/,
    ),
  })
  expect(JSON.parse((await explain('run.dep', '--json')).stdout)).toMatchObject({ staging: 'built' })
  expect((await explain('run.other')).stderr).toContain('dep exports it (host), and that is ignored')
})

test('`krait why` looks into the environments of the staging output, and follows what is inherited from them', async () => {
  const explain = await setUp(staged)
  const why = (...flags: string[]) => explain.inSameDirectory('why', 'dep', ...flags)
  const { code, stdout } = await why()
  expect(code).toBe(0)
  expect(stdout).toMatch(
    /^dep 1\.2 \w+ {2}in the host environment of the staging output built for inheriting-1-\w+\n {2}dep {2}\(app\/recipe\.yaml:6:11\)\n/,
  )
  expect(stdout).toMatch(
    /\ndep 1\.2 \w+ {2}in the run environment of inheriting-1-\w+\n {2}dep >=1\.2,<2\.0a0 {2}\(app\/recipe\.yaml:6:11, run export of dep \(host\)\)\n/,
  )
  const found = JSON.parse((await why('--json')).stdout) as { environment: string; staging?: string }[]
  expect(found.map(({ environment, staging }) => [environment, staging])).toEqual([
    ['host', 'built'],
    ['run', undefined],
  ])
})

test('a conflict in a staging output shows the line of the staging output', async () => {
  const explain = await setUp(staged.replace('- dep\n', '- dep >9\n'))
  const { code, stderr } = await explain('run.dep')
  expect({ code, stderr }).toEqual({ code: 4, stderr: expect.stringContaining('--> app/recipe.yaml:6:11') })
})
