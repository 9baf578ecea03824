/** Wrong input, as it happens: one clear message, the right exit code, nothing half-written, no process left. */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { cleanEnv, krait, mainFile, startKrait } from '../support/krait.js'
import { tempDirectory } from '../support/system.js'

const head = 'package:\n  name: demo\n  version: "1.0"\n'

/** A directory with a recipe; builds run in it, so that messages show short paths. */
function recipe(text: string, files: Readonly<Record<string, string>> = {}): string {
  const directory = tempDirectory()
  writeFileSync(path.join(directory, 'recipe.yaml'), text)
  for (const [name, content] of Object.entries(files)) writeFileSync(path.join(directory, name), content)
  return directory
}

async function build(directory: string, args: readonly string[] = [], env: Record<string, string> = {}) {
  return krait(['build', '--output-dir', 'out', ...args], { cwd: directory, env })
}

function packagesIn(directory: string): string[] {
  const entries = readdirSync(directory, { recursive: true, encoding: 'utf8' })
  return entries.filter((file) => /\.(conda|tar\.bz2)(\.|$)|\.tmp$/.test(file))
}

describe('a mistake in the recipe ends with 3 and points at its place', () => {
  test.each([
    { title: 'YAML syntax', text: `${head}build: [\n`, says: /recipe\.yaml:\d+:\d+/, code: 3 },
    {
      title: 'an unknown key',
      text: `${head}build:\n  scripts: echo\n`,
      says: /unknown field 'scripts'[\s\S]*recipe\.yaml:5:3[\s\S]*did you mean `script`\?/,
      code: 3,
    },
    {
      title: 'an undefined variable',
      text: `${head}build:\n  number: 0\nabout:\n  summary: \${{ nmae }}\n`,
      says: /`nmae` is not defined[\s\S]*recipe\.yaml:7:1/,
      code: 3,
    },
    {
      title: 'a missing field',
      text: 'build:\n  number: 0\n',
      says: /missing required field 'package'/,
      code: 3,
    },
    {
      title: 'a bad version spec',
      text: `${head}requirements:\n  host:\n    - foo 1.2\n`,
      says: /missing range specifier for '1\.2'[\s\S]*recipe\.yaml:6:7/,
      code: 3,
    },
  ])('$title', async ({ text, says, code }) => {
    const directory = recipe(text)
    const result = await build(directory)
    expect(result.stderr).toMatch(says)
    expect(result.stderr).not.toContain('    at ')
    expect(result.code).toBe(code)
    expect(readdirSync(directory)).toEqual(['recipe.yaml'])
  })

  test('all mistakes of a file are shown at once', async () => {
    const { stderr } = await build(recipe(`${head}buidl:\n  x: 1\nabout:\n  licence: MIT\n`))
    expect(stderr).toContain('`build`')
    expect(stderr).toContain('`license`')
    expect(stderr).toContain('2 errors')
  })

  test('a missing recipe is named, with the nearest one', async () => {
    const directory = recipe(head)
    const result = await krait(['build', 'recipe.yml'], { cwd: directory })
    expect(result.stderr).toContain('The file recipe.yml could not be found.')
    expect(result.stderr).toContain('did you mean `recipe.yaml`?')
    expect(result.code).toBe(3)
  })

  test.each([
    { files: { 'conda/recipe.yaml': head }, hint: 'did you mean `conda`?' },
    {
      files: { 'recipes/a/recipe.yaml': head, 'recipes/b/recipe.yaml': head },
      hint: 'name one of the recipes in it, such as `recipes/a`, or take all with `--recipe-dir .`',
    },
    { files: { 'meta.yaml': '' }, hint: '`meta.yaml` is a recipe of conda-build' },
    { files: { '.hidden/recipe.yaml': head }, hint: 'name a recipe file, or a directory with a recipe.yaml' },
  ])('a directory without a recipe hints: $hint', async ({ files, hint }) => {
    const cwd = tempDirectory()
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(path.dirname(path.join(cwd, name)), { recursive: true })
      writeFileSync(path.join(cwd, name), text)
    }
    for (const args of [['dag'], ['why', 'zlib'], ['build']]) {
      const { code, stderr } = await krait(args, { cwd })
      expect(stderr).toContain('The file . could not be found.')
      expect(stderr).toContain(`help: ${hint}`)
      expect(code).toBe(3)
    }
  })
})

describe('the command line', () => {
  test.each([
    { args: ['test', 'nothere.conda'], says: 'Package file does not exist: nothere.conda' },
    {
      args: ['test', '-p', 'a.conda', 'b.conda'],
      says: "the argument '--package-file' cannot be used with 'b.conda'",
    },
    { args: ['biuld'], says: "error: unknown command 'biuld'" },
    { args: ['build', '--chanel', 'x'], says: "error: unknown option '--chanel'" },
    { args: ['build', '--env-isolation', 'x'], says: "invalid value 'x' for '--env-isolation'" },
    { args: ['build', '--target-platform', 'linux-65'], says: 'unknown platform `linux-65`' },
    { args: ['build', '--package-format', 'conda:99'], says: 'must be between -7 and 22' },
  ])('$args ends with 2 and one clear line', async ({ args, says }) => {
    const { code, stderr, stdout } = await krait(args, { cwd: recipe(head) })
    expect(stderr).toContain(says)
    expect(stdout).toBe('')
    expect(code).toBe(2)
  })

  test.each([
    { args: ['channel'], usage: 'Usage: krait channel [OPTIONS] <action> [words...]' },
    { args: ['build', '--frobnicate'], usage: 'Usage: krait build [OPTIONS] [recipe...]' },
    { args: ['frobnicate'], usage: 'Usage: krait [OPTIONS] [COMMAND]' },
  ])('$args shows how to call what was called', async ({ args, usage }) => {
    const { code, stderr } = await krait(args)
    expect(code).toBe(2)
    expect(stderr).toContain(`\n${usage}\n`)
  })

  test.each([
    { args: ['channel', 'check', 'nope'], says: 'there is no channel directory `nope`' },
    { args: ['channel', 'check', './nope'], says: 'there is no channel directory `./nope`' },
    { args: ['channel', 'index', 'nope'], says: 'there is no channel directory `nope`' },
    { args: ['channel', 'remove', './nope', 'zlib'], says: 'there is no channel directory `./nope`' },
    { args: ['promote', 'zlib', 'dev->main', '--to', 'nope'], says: 'there is no channel directory `nope`' },
    { args: ['channel', 'index', './a', './b'], says: '`./b` is one channel too many' },
    { args: ['channel', 'index', 'recipe.yaml'], says: 'recipe.yaml` is a file, not a directory' },
    { args: ['channel', 'check', './recipe.yaml'], says: 'recipe.yaml` is a file, not a directory' },
    { args: ['publish', '.', '--to', './recipe.yaml'], says: 'recipe.yaml` is a file, not a directory' },
  ])('$args says that the channel is no directory, and makes none', async ({ args, says }) => {
    const cwd = recipe(head)
    const { code, stderr, stdout } = await krait(args, { cwd })
    expect({ code, stdout, stderr }).toEqual({ code: 2, stdout: '', stderr: expect.stringContaining(says) })
    expect(readdirSync(cwd)).toEqual(['recipe.yaml'])
  })

  test.each([
    { args: ['package', 'inspect', '/etc/passwd'] },
    { args: ['rebuild', '/etc/passwd'] },
    { args: ['test', './recipe.yaml'] },
  ])('$args asks for a package, and speaks of no URL', async ({ args }) => {
    const { code, stderr } = await krait(args, { cwd: recipe(head) })
    expect(stderr).toContain('help: name the `.conda` or `.tar.bz2` file of a package')
    expect(stderr).not.toContain('URL')
    expect(code).toBe(7)
  })

  test('a directory without recipes is told, and is nothing to fail for', async () => {
    const { code, stderr } = await build(tempDirectory(), ['--recipe-dir', '.'])
    expect(stderr).toContain('warning[load/no-recipes]: No recipes found in recipe directory')
    expect(code).toBe(0)
  })
})

describe('sources', () => {
  test.each([
    { title: 'a missing path', source: 'path: ../nope', says: /source path `?\.\.\/nope/ },
    {
      title: 'a wrong sha256',
      source: `path: a.txt\n  sha256: ${'0'.repeat(64)}`,
      says: /sha256 checksum validation failed[\s\S]*expected: 0000[\s\S]*actual: {3}/,
    },
    { title: 'a missing patch', source: 'path: a.txt\n  patches: [no.patch]', says: /Patch file not found/ },
  ])('$title ends with 5', async ({ source, says }) => {
    const directory = recipe(`${head}source:\n  ${source}\nbuild:\n  script: echo never\n`, { 'a.txt': 'x' })
    const { code, stderr } = await build(directory)
    expect(stderr).toMatch(says)
    expect(stderr).not.toContain('never')
    expect(code).toBe(5)
    expect(packagesIn(directory)).toEqual([])
  })
})

describe('a failing script', () => {
  test('ends with 6, shows the line of the recipe, keeps the directory and says how to go on', async () => {
    const directory = recipe(`${head}build:\n  script:\n    - echo fine\n    - cat no-such-file\n`)
    const { code, stderr } = await build(directory)
    expect(stderr).toContain('Script failed with status 1')
    expect(stderr).toMatch(/recipe\.yaml:7 +cat no-such-file/)
    const again = /cd "([^"]+)" && \.\/conda_build\.sh/.exec(stderr)?.[1] ?? ''
    expect(readdirSync(again)).toContain('conda_build.sh')
    expect(stderr.trimEnd().split('\n')).toContain('Script failed to execute')
    expect(code).toBe(6)
    expect(packagesIn(directory)).toEqual([])
  })

  test('in several lines of python is shown with its own traceback', async () => {
    const text = `${head}build:\n  script:\n    interpreter: python\n    content: |\n      x = 1\n      raise SystemExit("no luck")\n`
    const { code, stderr } = await build(recipe(text))
    expect(stderr).toContain('no luck')
    expect(code).toBe(6)
  })
})

describe('a package that fails its tests', () => {
  test('is moved out of the channel and ends with 8', async () => {
    const directory = recipe(
      `${head}build:\n  noarch: generic\n  script: mkdir -p $PREFIX && echo x > $PREFIX/f\ntests:\n  - script: exit 4\n`,
    )
    const { code, stderr } = await build(directory)
    expect(stderr).toContain('Script failed with status 4')
    expect(code).toBe(8)
    expect(packagesIn(directory)).toEqual([expect.stringMatching(/^out\/broken\/demo-1\.0-/)])
  })

  test('because of its contents is never written', async () => {
    const directory = recipe(
      `${head}build:\n  noarch: generic\n  script: mkdir -p $PREFIX && echo x > $PREFIX/f\ntests:\n  - package_contents:\n      bin: [tool]\n`,
    )
    const { code, stderr } = await build(directory, ['--test', 'skip'])
    expect(stderr).toContain('failed package content tests: No match for bin glob: bin/tool')
    expect(code).toBe(8)
    expect(packagesIn(directory)).toEqual([])
  })
})

test('an impossible request ends with 4 and names the spec', async () => {
  const channel = tempDirectory()
  mkdirSync(path.join(channel, 'noarch'))
  writeFileSync(
    path.join(channel, 'noarch/repodata.json'),
    '{"info":{"subdir":"noarch"},"packages":{},"packages.conda":{}}',
  )
  const { code, stderr } = await build(recipe(`${head}requirements:\n  host:\n    - zlib >=9\n`), [
    '-c',
    channel,
  ])
  expect(stderr).toContain('Cannot solve the request because of: No candidates were found for zlib >=9.')
  expect(code).toBe(4)
})

test('a secret in the package is refused', async () => {
  const text = `${head}build:\n  noarch: generic\n  script:\n    secrets: [TOKEN]\n    content: mkdir -p $PREFIX; echo "token=$TOKEN" > $PREFIX/config\n`
  const directory = recipe(text)
  const { code, stderr } = await build(directory, [], { TOKEN: 'tok-hunter2' })
  expect(stderr).toMatch(/package\/secret-found[\s\S]*config/)
  expect(stderr).not.toContain('hunter2')
  expect(code).toBe(7)
  expect(packagesIn(directory)).toEqual([])
})

test('a channel that cannot be written after the tests is no failed test', async () => {
  const directory = recipe(
    `${head}build:\n  noarch: generic\n  script: echo\ntests:\n  - script: cd ../../.. && rm OUT/noarch/repodata.json && mkdir -p OUT/noarch/repodata.json/in-the-way\n`,
  )
  const file = path.join(directory, 'recipe.yaml')
  writeFileSync(file, readFileSync(file, 'utf8').replaceAll('OUT', path.join(directory, 'out')))
  const { code, stderr } = await build(directory)
  expect(stderr).toMatch(/error\[system\/[a-z-]+\]: \S+ .*repodata\.json/)
  expect(code).toBe(7)
})

test('Ctrl-C before the first output ends with 130 too', async () => {
  const directory = recipe(`${head}build:\n  script: sleep 4724\n`)
  const child = startKrait(['build', '--output-dir', 'out'], { cwd: directory })
  child.stderr?.once('data', () => child.kill('SIGINT'))
  expect(await new Promise((resolve) => child.once('close', resolve))).toBe(130)
})

describe('Ctrl-C in the script', () => {
  test('ends with 130, stops the script and all its children, leaves no package', async () => {
    const directory = recipe(`${head}build:\n  script: echo started; sleep 4723\n`)
    const child = startKrait(['build', '--output-dir', 'out'], { cwd: directory })
    let stderr = ''
    const started = new Promise<void>((resolve) => {
      child.stderr?.on('data', (chunk: Buffer) => {
        stderr += chunk.toString('utf8')
        if (stderr.includes('│ started')) resolve()
      })
      child.once('close', () => resolve())
    })
    await started
    child.kill('SIGINT')
    const code = await new Promise((resolve) => child.once('close', resolve))
    expect(stderr).toMatch(/✖ interrupted: 1 output failed, 0 built · [^\n]*\n$/)
    expect(code).toBe(130)
    expect(execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' })).not.toContain('sleep 4723')
    expect(packagesIn(directory)).toEqual([])
  })
})

test('--log-style json writes nothing but JSON objects, one a line', async () => {
  const { stderr, code } = await build(recipe(`${head}build:\n  script: exit 3\n`), ['--log-style', 'json'])
  const entries = stderr
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(
    entries.every(
      ({ timestamp, level, fields, target }) =>
        timestamp && level && typeof fields.message === 'string' && target,
    ),
  ).toBe(true)
  expect(entries.find(({ level }) => level === 'ERROR')?.fields.message).toContain(
    'Script failed with status 3',
  )
  expect(code).toBe(6)
})

test('--render-only prints exactly one JSON array and creates nothing', async () => {
  const directory = recipe(`${head}build:\n  number: 3\n`)
  const { stdout, code } = await build(directory, ['--render-only'])
  expect(JSON.parse(stdout)).toMatchObject([
    { recipe: { package: { name: 'demo', version: '1.0' }, build: { number: 3 } } },
  ])
  expect(code).toBe(0)
  expect(readdirSync(directory)).toEqual(['recipe.yaml'])
})

test('a recipe can come from standard input', async () => {
  const directory = tempDirectory()
  const { stdout, code } = await krait(['build', '-r', '-', '--render-only'], { cwd: directory, input: head })
  expect(JSON.parse(stdout)).toHaveLength(1)
  expect(code).toBe(0)
})

describe('a channel that cannot be reached', () => {
  test.each([
    { words: ['why', 'dep', 'app'] },
    { words: ['explain', 'run.dep', 'app'] },
    { words: ['env', 'show', 'app', '--with-solve'] },
    { words: ['build', 'app', '--render-only', '--with-solve'] },
    { words: ['build', 'app'] },
  ])('is a failure of the environments for $words', async ({ words }) => {
    const cwd = tempDirectory()
    mkdirSync(path.join(cwd, 'app'))
    writeFileSync(
      path.join(cwd, 'app/recipe.yaml'),
      'package: {name: app, version: "1"}\nrequirements: {host: [dep], run: [dep]}\n',
    )
    const { code, stderr } = await krait([...words, '-c', 'http://127.0.0.1:1/channel'], { cwd })
    expect(stderr).toContain('error[system/request-failed]')
    expect(code).toBe(4)
  })
})

test.each(['a b', 'a-b', 'a/b', '../x', 'ä', ''])(
  'the build string `%s` is refused before anything is built',
  async (text) => {
    const cwd = recipe(`${head}build:\n  noarch: generic\n  string: '${text}'\n`)
    const { code, stderr } = await build(cwd)
    expect(stderr).toContain(`the build string \`${text}\` of \`demo-1.0-${text}\` names no package`)
    expect(stderr).toContain('recipe.yaml:6:11')
    expect({ code, files: readdirSync(cwd) }).toEqual({ code: 3, files: ['recipe.yaml'] })
  },
)

test('a prefix of build strings that no package can have is refused', async () => {
  const cwd = recipe(`${head}build: {noarch: generic}\n`)
  const { code, stderr } = await build(cwd, ['--build-string-prefix', 'a b'])
  expect(stderr).toMatch(
    /the build string `a b_h[0-9a-f]{7}_0` of [^\n]*\n {2}help: [^\n]*`--build-string-prefix`/,
  )
  expect(code).toBe(3)
})

test('a current directory that was removed is told, and is no matter to who does not need it', () => {
  const command = `rmdir "$PWD"; "${process.execPath}" "${mainFile}"`
  const run = (args: string) => {
    const options = { cwd: tempDirectory(), env: cleanEnv(), encoding: 'utf8' } as const
    return spawnSync('/bin/sh', ['-c', `${command} ${args}`], options)
  }
  expect(run('build recipe')).toMatchObject({
    status: 7,
    stderr: expect.stringMatching(
      /^error: the current directory does not exist any more\n {2}help: [^\n]*cd/,
    ),
  })
  expect(run('build --help')).toMatchObject({ status: 0, stderr: '' })
})

describe('a home directory that cannot be used', () => {
  const text = `${head}build: {noarch: generic}\n`

  test('is no place for packages, and another place can be named', async () => {
    const env = { HOME: '/proc/nowhere', KRAIT_CACHE_DIR: '' }
    const { code, stderr } = await build(recipe(text), ['-c', 'file:///nowhere'], env)
    expect(stderr).toMatch(
      /`\/proc\/nowhere\/\.cache\/[^`]*`[\s\S]*help: [^\n]*`--cache-dir`[^\n]*KRAIT_CACHE_DIR/,
    )
    expect(code).toBe(4)
  })

  test('has configuration files that can be left out', async () => {
    // Root may look everywhere, but not at a name of this length.
    const home = `/${'x'.repeat(300)}`
    const cwd = recipe(text)
    const { code, stderr } = await krait(['matrix'], { cwd, env: { HOME: home } })
    expect({ code, stderr }).toEqual({ code: 7, stderr: expect.stringMatching(/help: [^\n]*`--no-config`/) })
    expect(await krait(['matrix', '--no-config'], { cwd, env: { HOME: home } })).toMatchObject({ code: 0 })
  })
})
