/** The commands that only look at recipes, and every example of every help text. */
import { createHash } from 'node:crypto'
import { cpSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { commands } from '../../src/cli/commands/index.js'
import { krait, root } from '../support/krait.js'
import { tempDirectory } from '../support/system.js'

/** The recipes in a directory where anything may be written. */
function copyOfRecipes(): string {
  const directory = tempDirectory()
  cpSync(path.join(root, 'recipes'), path.join(directory, 'recipes'), { recursive: true })
  symlinkSync(path.join(root, 'node_modules'), path.join(directory, 'node_modules'))
  cpSync(path.join(root, 'recipes/report/variants.yaml'), path.join(directory, 'variants.yaml'))
  return directory
}

function wordsOf(command: string): string[] {
  // Quotes as a shell takes them.
  return (command.match(/'[^']*'|\S+/g) ?? []).map((word) => word.replaceAll("'", '')).slice(1)
}

describe('the examples of the help texts', () => {
  // A finished package, or the log of a build, has its examples tried where one is made.
  const needsPackage =
    /\.(conda|tar\.bz2)\b|^krait (test|build|why|render-batch|env create|env list|debug|publish|promote|channel|package|rebuild|log|builds|diff|retry)\b|^krait explain (?:env|run)\./
  const examples = commands.flatMap(({ name, examples: all }) => all.map((example) => ({ name, ...example })))

  test('exist for every command that is shown', () => {
    const shown = commands.filter(({ hidden }) => !hidden)
    expect(shown.filter(({ examples: all }) => all.length === 0).map(({ name }) => name)).toEqual([])
    for (const { name, command } of examples) expect(wordsOf(command)[0]).toBe(name)
  })

  const looks = examples.filter(({ command }) => !needsPackage.test(command))
  test.each(looks)('$command', async ({ command }) => {
    const { code, stdout, stderr } = await krait(wordsOf(command), { cwd: copyOfRecipes() })
    expect(stderr).toBe('')
    expect(stdout).not.toBe('')
    expect(code).toBe(command.includes('--diff') ? 9 : 0)
  })

  test('of build, test, why, environments and debug work one after the other', async () => {
    const cwd = copyOfRecipes()
    const before = await krait(['build', 'recipes/greeter', '--output-dir', 'channel', '--test', 'skip'], {
      cwd,
    })
    expect(before.code).toBe(0)
    expect((await krait(['build', 'recipes/greeter'], { cwd })).code).toBe(0)
    for (const { command } of examples.filter((example) =>
      /^krait (build|test|why|env create|env list|debug|publish|promote|channel|package|rebuild|log|builds|diff) |^krait explain (?:env|run)\./.test(
        example.command,
      ),
    )) {
      const { code, stderr } = await krait(wordsOf(command), { cwd, input: '' })
      // Whether builds in the same second differ is for the clock to say.
      const isFine = code === 0 || (code === 9 && / diff /.test(command))
      expect({ command, code, stderr: isFine ? '' : stderr }).toEqual({ command, code, stderr: '' })
      expect({ command, isFine }).toEqual({ command, isFine: true })
    }
  })

  test('of retry work on a build that was kept', async () => {
    const cwd = copyOfRecipes()
    const kept = await krait(['build', 'recipes/greeter', '--test', 'skip', '--keep-build'], { cwd })
    expect(kept.code, kept.stderr).toBe(0)
    const named = examples.filter(({ command }) => command.startsWith('krait retry libgreet'))
    expect(named).not.toEqual([])
    for (const { command } of named) {
      const { code, stderr } = await krait(wordsOf(command), { cwd })
      expect(code, stderr).toBe(0)
    }
  })
})

describe('krait render', () => {
  test('prints YAML documents that say what --render-only says', async () => {
    const shown = await krait(['render', 'recipes/greeter'])
    const json = await krait(['build', 'recipes/greeter', '--render-only'])
    const documents = parseAllDocuments(shown.stdout).map((document) => document.toJS())
    expect(documents).toEqual(JSON.parse(json.stdout).map(({ recipe }: { recipe: unknown }) => recipe))
    expect(shown.stdout).toMatch(/^# libgreet-1\.2\.0-h[0-9a-f]{7}_0 {2}variant: target_platform=/)
    expect(shown.code).toBe(0)
  })

  test('prints one output by name', async () => {
    const { stdout } = await krait(['render', 'recipes/greeter', '--output', 'libgreet'])
    expect(parse(stdout).package.name).toBe('libgreet')
  })

  test.each([
    { order: ['recipes/report', '--diff', 'report-0.3-calm', 'report-0.3-loud'] },
    { order: ['--diff', 'report-0.3-calm', 'report-0.3-loud', 'recipes/report'] },
  ])('$order shows what differs and why, and ends with 9', async ({ order }) => {
    const { code, stdout } = await krait(['render', ...order])
    expect(stdout).toMatch(/^build\.string: "calm_h[0-9a-f]{7}_2" -> "loud_h[0-9a-f]{7}_2"$/m)
    expect(stdout).toContain('build.script.env.TONE: "calm" -> "loud"')
    expect(stdout).toMatch(/\nbecause:\n {2}variant\.tone: "calm" -> "loud"\n$/)
    expect(code).toBe(9)
  })

  test('ends with 0 when there is no difference', async () => {
    const { code, stdout } = await krait([
      'render',
      'recipes/report',
      '--diff',
      'report-0.3-calm',
      'report-0.3-calm',
    ])
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'no difference\n' })
  })

  test.each([
    { args: ['--diff', 'report-0.3-calm'], code: 2, message: '`--diff` needs two ids' },
    { args: ['--diff', 'a', 'b', '--output', 'c'], code: 2, message: 'cannot be used with' },
    { args: ['--output', 'reprot'], code: 2, message: 'did you mean `report`?' },
    { args: ['--diff', 'report', 'report'], code: 2, message: 'not the name of one output but of 2' },
    { args: ['--diff', 'calm', 'loud'], code: 2, message: 'no output is called `calm`' },
    { args: ['--varaint', 'x=1'], code: 2, message: '--variant' },
  ])('refuses $args', async ({ args, code, message }) => {
    const result = await krait(['render', 'recipes/report', ...args])
    expect(result.stderr).toContain(message)
    expect({ code: result.code, stdout: result.stdout }).toEqual({ code, stdout: '' })
  })
})

describe('krait matrix', () => {
  test('lists the files that a build makes', async () => {
    const { stdout, code } = await krait(['matrix', 'recipes/greeter', '--json'])
    const names = JSON.parse(stdout).map(({ file_name }: { file_name: string }) => file_name)
    const output = tempDirectory()
    await krait(['build', 'recipes/greeter', '--output-dir', output, '--test', 'skip'])
    const built = readdirSync(output, { recursive: true, encoding: 'utf8' })
      .map((file) => path.basename(file))
      .filter((file) => file.endsWith('.conda'))
    expect(built.sort()).toEqual(names.sort())
    expect(code).toBe(0)
  })

  test('says when there is nothing to do, and refuses two formats at once', async () => {
    const directory = tempDirectory()
    writeFileSync(
      path.join(directory, 'recipe.yaml'),
      'package: {name: a, version: "1"}\nbuild: {skip: true}\n',
    )
    expect((await krait(['matrix', directory])).stdout).toBe('no jobs: every output is skipped\n')
    expect((await krait(['matrix', directory, '--github'])).stdout).toBe('{"include":[]}\n')
    const { code, stderr } = await krait(['matrix', directory, '--github', '--json'])
    expect(stderr).toContain("'--json' cannot be used with '--github'")
    expect(code).toBe(2)
  })
})

describe('krait why', () => {
  const library = 'package: {name: lib, version: "1"}\nbuild: {noarch: generic, script: "true"}\n'
  const middle =
    'package: {name: middle, version: "3"}\nbuild: {noarch: generic, script: "true"}\nrequirements: {run: ["lib <2"]}\n'
  const recipe = `package: {name: top, version: "1"}
build: {noarch: generic}
requirements:
  host:
    - middle
  run:
    - lib
tests:
  - script: "true"
    requirements: {run: [middle]}
`

  async function workplace() {
    const cwd = tempDirectory()
    const texts = { lib: library, newer: library.replace('"1"', '"2"'), middle, top: recipe }
    for (const [name, text] of Object.entries(texts)) {
      mkdirSync(path.join(cwd, name))
      writeFileSync(path.join(cwd, name, 'recipe.yaml'), text)
      if (name !== 'top')
        expect((await krait(['build', name, '--output-dir', 'channel'], { cwd })).code).toBe(0)
    }
    return { cwd, ask: (...args: string[]) => krait(['why', ...args, 'top', '-c', 'channel'], { cwd }) }
  }

  test('shows the way from the line of the recipe, and who keeps newer versions out', async () => {
    const { ask } = await workplace()
    const { stdout, stderr, code } = await ask('lib')
    expect(stderr).toBe('')
    expect(
      stdout.replaceAll(/h?[0-9a-f]{7}_0/g, 'BUILD'),
    ).toBe(`lib 1 BUILD  in the host environment of top-1-BUILD
  middle  (top/recipe.yaml:5:7)
    middle 3 needs lib <2
  newer: 2, kept out by middle 3 (lib <2)

lib 2 BUILD  in the run environment of top-1-BUILD
  lib  (top/recipe.yaml:7:7)
  2 is the newest version in its channel

lib 1 BUILD  in the test environment of top-1-BUILD
  lib  (top/recipe.yaml:7:7)
  middle  (top/recipe.yaml:10:26, test 1)
    middle 3 needs lib <2
  newer: 2, kept out by middle 3 (lib <2)
`)
    expect(code).toBe(0)
  })

  test('gives the same as data, for one environment', async () => {
    const { ask } = await workplace()
    const [reason, ...others] = JSON.parse((await ask('lib', '--environment', 'host', '--json')).stdout)
    expect(others).toEqual([])
    expect(reason).toMatchObject({
      environment: 'host',
      package: { name: 'lib', version: '1' },
      chains: [
        {
          root: { spec: 'middle', place: 'top/recipe.yaml:5:7' },
          steps: [
            { package: 'middle', version: '3', needs: 'lib <2' },
            { package: 'lib', version: '1' },
          ],
        },
      ],
      newer: [{ version: '2', rejectedBy: ['middle 3 (lib <2)'] }],
      versions: 2,
    })
  })

  test('says when a package is nowhere, and names the nearest', async () => {
    const { ask } = await workplace()
    const { stderr, code } = await ask('midle')
    expect(stderr).toContain('`midle` is in no environment of the recipe')
    expect(stderr).toContain('did you mean `middle`?')
    expect(code).toBe(2)
    expect((await krait(['why'])).stderr).toContain('the package to ask about is missing')
    expect((await ask('middle', '--environment', 'run')).stderr).toContain('not in the run environment')
  })
})

describe('krait explain', () => {
  test('gives the hash as data that hashes again', async () => {
    const { stdout } = await krait(['explain', 'hash', 'recipes/report', '--json'])
    for (const explanation of JSON.parse(stdout)) {
      const digest = createHash('sha1').update(explanation.canonical_json).digest('hex')
      expect(explanation.hash).toBe(digest.slice(0, 7))
      expect(explanation.build_string).toContain(explanation.hash)
    }
  })

  test('finds the line of a variant file', async () => {
    const { stdout } = await krait([
      'explain',
      'build.script.env.TONE',
      'recipes/report',
      '--output',
      'report-0.3-loud',
    ])
    expect(stdout).toMatch(/^build\.script\.env\.TONE = "loud"\n/)
    expect(stdout).toContain('recipes/report/variants.yaml:3:5')
  })

  test('reads the recipe of the current directory', async () => {
    const { stdout } = await krait(['explain', 'about.license'], { cwd: path.join(root, 'recipes/mustache') })
    expect(stdout).toMatch(/^about\.license = "MIT"\n {2}written {2}recipe\.yaml:\d+:12\n$/)
  })

  test.each([
    { args: ['explain'], code: 2, message: 'the path to explain is missing' },
    {
      args: ['explain', 'about.licence', 'recipes/mustache'],
      code: 2,
      message: 'did you mean `about.license`?',
    },
    { args: ['explain', 'hash', 'recipes/mustahce'], code: 3, message: 'could not be found' },
    {
      args: ['explain', 'hash', 'recipes/mustache', '--output', 'x'],
      code: 2,
      message: 'no output is called `x`',
    },
    { args: ['explain', 'hash', 'recipes/mustache', '--jsno'], code: 2, message: '--json' },
  ])('refuses $args', async ({ args, code, message }) => {
    const result = await krait(args)
    expect(result.stderr).toContain(message)
    expect({ code: result.code, stdout: result.stdout }).toEqual({ code, stdout: '' })
  })

  test('shows the mistakes of a recipe as a build does', async () => {
    const directory = tempDirectory()
    mkdirSync(path.join(directory, 'r'))
    const text = 'package: {name: a, version: "${{ vresion }}"}\nbuild: {scripts: x}\n'
    writeFileSync(path.join(directory, 'r/recipe.yaml'), text)
    for (const command of [
      ['explain', 'hash', 'r'],
      ['render', 'r'],
      ['matrix', 'r'],
    ]) {
      const { code, stdout, stderr } = await krait(command, { cwd: directory })
      expect(stderr).toContain('recipe.yaml:2:9')
      expect({ code, stdout }).toEqual({ code: 3, stdout: '' })
    }
  })
})

test('krait schema prints a JSON schema', async () => {
  const { stdout, code } = await krait(['schema'])
  expect(JSON.parse(stdout)).toMatchObject({
    $schema: expect.stringContaining('2020-12'),
    title: 'recipe.yaml',
  })
  expect(code).toBe(0)
})
