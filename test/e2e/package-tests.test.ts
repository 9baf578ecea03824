/** Every kind of package test, run from a finished package in an environment with real interpreters. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { type PackageSpec, writeIndex, writePackage } from '../stages/install-prefixes/packages.js'
import { interpreterEnv } from '../support/interpreters.js'
import { krait } from '../support/krait.js'
import { tempDirectory, testContext } from '../support/system.js'

async function makeChannel(specs: readonly PackageSpec[]): Promise<string> {
  const channel = tempDirectory()
  const { context } = testContext()
  const records = []
  for (const spec of specs) records.push(await writePackage(channel, spec, context))
  writeIndex(channel, records)
  return channel
}

/** A package whose program is the system's. */
function wrapper(name: string, program: string, system = program): PackageSpec {
  const real = execFileSync('sh', ['-c', `command -v ${system}`], { env: interpreterEnv, encoding: 'utf8' })
  const text = `#!/bin/sh\nexec ${real.trim()} "$@"\n`
  return { name, files: { [`bin/${program}`]: { text, executable: true } } }
}

function recipe(tests: string, script: readonly string[], more = ''): string {
  const directory = tempDirectory()
  const lines = script.map((line) => `    - ${JSON.stringify(line)}\n`).join('')
  const text = `package:\n  name: demo\n  version: "1.0"\nbuild:\n  script:\n${lines}${more}tests:\n${tests}`
  writeFileSync(path.join(directory, 'recipe.yaml'), text)
  return directory
}

const build = (cwd: string, channel: string) =>
  krait(['build', '--output-dir', 'out', '-c', channel], { cwd, env: { SOURCE_DATE_EPOCH: '1700000000' } })

const languages = [
  {
    kind: 'ruby',
    package: wrapper('ruby', 'ruby'),
    script: ['mkdir -p $PREFIX/share', 'touch $PREFIX/share/demo'],
    passes: '  - ruby:\n      requires: [json, set]\n',
    fails: '  - ruby:\n      requires: [no_such_module]\n',
    says: 'no_such_module',
  },
  {
    kind: 'r',
    package: wrapper('r-base', 'Rscript'),
    script: ['mkdir -p $PREFIX/share', 'touch $PREFIX/share/demo'],
    passes: '  - r:\n      libraries: [stats, utils]\n',
    fails: '  - r:\n      libraries: [noSuchLibrary]\n',
    says: 'noSuchLibrary',
  },
  {
    kind: 'perl',
    package: wrapper('perl', 'perl'),
    script: ['mkdir -p $PREFIX/share', 'touch $PREFIX/share/demo'],
    passes: '  - perl:\n      uses: [List::Util]\n',
    fails: '  - perl:\n      uses: [No::Such]\n',
    says: 'No/Such.pm',
  },
]

describe.each(languages)('a $kind test', ({ package: own, script, passes, fails, says }) => {
  test('loads what it names, with the interpreter of the environment', async () => {
    const directory = recipe(passes, script)
    const { code, stderr } = await build(directory, await makeChannel([own]))
    expect(stderr).not.toContain('error[')
    expect(code).toBe(0)
  })

  test('fails when something cannot be loaded', async () => {
    const directory = recipe(fails, script)
    const { code, stderr } = await build(directory, await makeChannel([own]))
    expect(stderr).toContain(says)
    expect(code).toBe(8)
    const [broken] = readdirSync(path.join(directory, 'out/broken'))
    expect(stderr).toContain(`${broken} did not pass its tests: it is in broken/`)
  })
})

describe('a downstream test', () => {
  const script = ['mkdir -p $PREFIX/share', 'echo 2 > $PREFIX/share/demo']
  const user = (command: string, depends: string): PackageSpec => ({
    name: 'user',
    index: { depends: [depends] },
    info: { 'tests/tests.yaml': `- script:\n  - ${command}\n` },
  })

  test('runs the tests of the other package beside the new one', async () => {
    const channel = await makeChannel([user('test "$(cat $PREFIX/share/demo)" = 2', 'demo')])
    const { code, stderr } = await build(recipe('  - downstream: user\n', script), channel)
    expect(stderr).toContain('1 downstream')
    expect(code).toBe(0)
  })

  test('fails when the other package does not work with the new one', async () => {
    const channel = await makeChannel([user('test "$(cat $PREFIX/share/demo)" = 1', 'demo')])
    const { code } = await build(recipe('  - downstream: user\n', script), channel)
    expect(code).toBe(8)
  })

  test('is left out with a warning when the other package cannot be installed', async () => {
    const channel = await makeChannel([user('exit 1', 'demo <1')])
    const { code, stderr } = await build(recipe('  - downstream: user\n', script), channel)
    expect(stderr).toContain('warning[test/no-downstream]: Downstream test could not run for `user`: ')
    expect(code).toBe(0)
  })
})

describe('the tests that conda-build leaves in a package', () => {
  const legacy = (files: Readonly<Record<string, string>>): PackageSpec => ({
    name: 'old',
    subdir: 'noarch',
    files: { 'share/old': 'old\n' },
    info: Object.fromEntries(Object.entries(files).map(([name, text]) => [`test/${name}`, text])),
  })

  test.each([
    { files: { 'run_test.sh': 'cat data.txt && test -f $PREFIX/share/old', 'data.txt': 'x' }, code: 0 },
    { files: { 'run_test.sh': 'exit 3' }, code: 8 },
    {
      files: { 'run_test.py': 'import os\nassert os.path.exists(os.environ["PREFIX"] + "/share/old")\n' },
      code: 0,
    },
    { files: { 'run_test.py': 'raise SystemExit(2)\n' }, code: 8 },
  ])('$files end with $code', async ({ files, code }) => {
    const channel = await makeChannel([
      wrapper('python', 'python', 'python3'),
      legacy({ ...files, 'test_time_dependencies.json': '["python"]' }),
    ])
    mkdirSync(path.join(channel, 'linux-64'), { recursive: true })
    const result = await krait(['test', path.join(channel, 'noarch/old-1.0-0.conda'), '-c', channel])
    expect(result.stderr).not.toContain('error[bug]')
    expect(result.code).toBe(code)
  })

  test('run where nobody else can have put anything, and leave nothing there', async () => {
    const channel = await makeChannel([legacy({ 'run_test.sh': 'pwd' })])
    mkdirSync(path.join(channel, 'linux-64'), { recursive: true })
    const TMPDIR = tempDirectory()
    writeFileSync(path.join(TMPDIR, 'krait-test'), 'of somebody else')
    const args = ['test', path.join(channel, 'noarch/old-1.0-0.conda'), '-c', channel]
    const result = await krait(args, { env: { TMPDIR } })
    expect(result.code, result.stderr).toBe(0)
    expect(readdirSync(TMPDIR)).toEqual(['krait-test'])
  })
})
