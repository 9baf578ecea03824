/** `krait env`: what it says is what the script then sees. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { mask } from '../../src/events/index.js'
import { writeIndex, writePackage } from '../stages/install-prefixes/packages.js'
import { krait } from '../support/krait.js'
import { serveDirectory } from '../support/serve-directory.js'
import { tempDirectory, testContext } from '../support/system.js'

interface Shown {
  readonly variables: readonly { name: string; value: string; from: Record<string, unknown> }[]
  readonly unknown: readonly string[]
}

function recipeIn(directory: string, text: string): string {
  mkdirSync(directory, { recursive: true })
  writeFileSync(path.join(directory, 'recipe.yaml'), text)
  return directory
}

const demo = `package: {name: demo, version: "1"}
build:
  script:
    env:
      OPENSSL_DIR: \${PREFIX}/ssl
    secrets: [MY_KEY]
    content:
      - env -0 | sort -z > $RECIPE_DIR/seen
      - echo $MY_FLAGS
`

function find(shown: Shown, name: string) {
  return shown.variables.find((variable) => variable.name === name)
}

test('env show gives every variable that the script then sees, with its value', async () => {
  const directory = recipeIn(tempDirectory(), demo)
  const output = path.join(tempDirectory(), 'out')
  const env = { MY_KEY: 'hunter2-secret', LD_RUN_PATH: '/x', SOURCE_DATE_EPOCH: '1700000000', FOO: '1' }
  const args = [directory, '--output-dir', output, '--no-build-id']
  const { stdout, code } = await krait(['env', 'show', directory, '--output-dir', output, '--json'], { env })
  expect(code).toBe(0)
  expect(stdout).not.toContain('hunter2')
  const shown = JSON.parse(stdout) as Shown
  expect(readdirSync(path.dirname(output))).toEqual([])
  await krait(['build', ...args], { env })
  const seen = readFileSync(path.join(directory, 'seen'), 'utf8').split('\0').filter(Boolean)
  const own = /^(?:SHLVL|OLDPWD|_|_KRAIT_.*)=/
  const expected = seen
    .filter((line) => !own.test(line))
    .map((line) => line.replace('hunter2-secret', mask))
    .map((line) => line.replaceAll(/rattler-build_demo(?:_\d+)?\/(?:host_env\w*)?/g, 'BUILD/'))
  const actual = shown.variables.map(({ name, value }) =>
    `${name}=${value}`.replaceAll(/rattler-build_demo(?:_\d+)?\/(?:host_env\w*)?/g, 'BUILD/'),
  )
  const directoryName = /^BUILD_DIR=/
  expect(actual.filter((line) => !directoryName.test(line)).sort()).toEqual(
    expected.filter((line) => !directoryName.test(line)).sort(),
  )
  expect(find(shown, 'OPENSSL_DIR')?.from).toEqual({
    kind: 'recipe',
    at: expect.stringMatching(/recipe\.yaml:5:20$/),
  })
  expect(find(shown, 'MY_KEY')).toMatchObject({ value: mask, from: { kind: 'secret', isSet: true } })
  expect(find(shown, 'LD_RUN_PATH')?.from).toMatchObject({ kind: 'table', caller: ['LD_RUN_PATH'] })
})

test('env show names the package whose activation sets a variable', async () => {
  const channel = path.join(tempDirectory(), 'channel')
  const tool = recipeIn(
    tempDirectory(),
    `package: {name: tool, version: "1"}
build:
  script:
    - mkdir -p $PREFIX/etc/conda/activate.d $PREFIX/etc/conda/env_vars.d
    - echo 'export TOOL_HOME=$CONDA_PREFIX/tool; echo chatter' > $PREFIX/etc/conda/activate.d/tool.sh
    - echo '{"TOOL_MODE":"fast $PKG_NAME"}' > $PREFIX/etc/conda/env_vars.d/tool.json
`,
  )
  expect((await krait(['build', tool, '--output-dir', channel])).code).toBe(0)
  const user = recipeIn(
    tempDirectory(),
    'package: {name: user, version: "1"}\nrequirements: {host: [tool]}\n',
  )
  const flags = ['-c', channel, '--output-dir', path.join(tempDirectory(), 'out')]
  const before = await krait(['env', 'show', user, ...flags])
  expect(before.stdout).toContain('not known yet: what the packages of the build and host environment set')
  const { stdout, stderr } = await krait(['env', 'show', user, ...flags, '--with-solve', '--explain'])
  expect(stdout).toMatch(
    /^TOOL_HOME\s+\$PREFIX\/tool\s+tool: etc\/conda\/activate\.d\/tool\.sh \(host environment\)$/m,
  )
  expect(stdout).toMatch(/^TOOL_MODE\s+fast user\s+activation of the host environment$/m)
  expect(stdout).toMatch(/^PKG_NAME\s+user\s+krait\n {4}Normalised name of the package\.$/m)
  expect(stdout).not.toContain('not known yet')
  expect(stdout + stderr).not.toContain('chatter')
})

test('env show says which variant key and file a variable comes from', async () => {
  const directory = recipeIn(
    tempDirectory(),
    'package: {name: demo, version: "1"}\nbuild: {script: ["echo ${{ c_flavour }}"]}\n',
  )
  writeFileSync(path.join(directory, 'variants.yaml'), 'c_flavour: [sweet, sour]\n')
  const { stdout } = await krait(['env', 'show', '.', '--variant', 'c_flavour=sour'], { cwd: directory })
  expect(stdout).toMatch(/^c_flavour\s+sour\s+variant c_flavour \(--variant\)$/m)
  const both = await krait(['env', 'show', '.'], { cwd: directory })
  expect(both.stdout).toMatch(/^c_flavour\s+sweet\s+variant c_flavour \(variants\.yaml:1:13\)$/m)
  expect(both.stdout.match(/^# demo-1-/gm)).toHaveLength(2)
})

test('env diff tells what the shell has and the script has not, by name only', async () => {
  const directory = recipeIn(tempDirectory(), demo)
  const env = { MY_FLAGS: 'private-value', FOO: '1' }
  const { stdout, code } = await krait(['env', 'diff', 'build', 'shell', '.'], { cwd: directory, env })
  expect(stdout).toMatch(/only in your shell:\n {2}FOO\n {2}KRAIT_CACHE_DIR\n {2}MY_FLAGS\n/)
  expect(stdout).toContain('used by the script, but only in your shell:\n  MY_FLAGS (recipe.yaml:9)\n')
  expect(stdout).not.toContain('private-value')
  expect(code).toBe(0)
  const tests = await krait(['env', 'diff', 'build', 'test', '.', '--json'], { cwd: directory, env })
  expect(JSON.parse(tests.stdout)).toMatchObject({
    between: ['build', 'test'],
    onlyLeft: expect.arrayContaining(['RECIPE_DIR', 'PIP_NO_INDEX', 'OPENSSL_DIR']),
    onlyRight: ['PKG_BUILD_NUMBER'],
    different: expect.arrayContaining(['CONDA_BUILD_STATE', 'PREFIX']),
  })
})

test.each([
  { args: ['env'], says: 'an action is missing: `krait env` knows `show`' },
  { args: ['env', 'shwo'], says: 'unknown action `shwo`' },
  { args: ['env', 'diff', 'shell', 'build'], says: '`build test` or `build shell`' },
  { args: ['env', 'show', '--stage', 'install', 'recipes/greeter'], says: 'install' },
])('$args is wrong usage', async ({ args, says }) => {
  const { code, stderr } = await krait(args)
  expect(stderr).toContain(says)
  expect(code).toBe(2)
})

test('env show --with-solve asks no server when it is told to stay offline', async () => {
  const channel = tempDirectory()
  const { context } = testContext()
  const record = await writePackage(channel, { name: 'dep', subdir: 'noarch', files: { x: 'x' } }, context)
  writeIndex(channel, [record])
  const { url, served } = await serveDirectory(channel)
  const directory = recipeIn(tempDirectory(), `${demo}requirements:\n  host: [dep]\n`)
  const args = ['env', 'show', directory, '--with-solve', '-c', url]
  const { code, stderr } = await krait([...args, '--offline'], { env: { MY_KEY: 'hunter2-secret' } })
  expect(stderr).toContain('error[system/offline]')
  expect(code).not.toBe(0)
  expect(served).toEqual([])
  expect((await krait(args, { env: { MY_KEY: 'hunter2-secret' } })).code).toBe(0)
})
