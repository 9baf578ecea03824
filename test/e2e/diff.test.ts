/** `krait diff`: what differs between two builds, variants or packages, and because of what. */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { krait } from '../support/krait.js'
import { tempDirectory } from '../support/system.js'

const dep = (version: string) => `package: {name: dep, version: "${version}"}
build: {noarch: generic, script: ["mkdir -p $PREFIX/share", "echo ${version} > $PREFIX/share/dep"]}
`
const app = (pin: string) => `package: {name: app, version: "1"}
build:
  noarch: generic
  script:
    content: cp $PREFIX/share/dep $PREFIX/share/app
    env: {MODE: fast}
requirements:
  host:
    - dep ${pin}
`

const stagedApp = `recipe: {name: app, version: "1"}
outputs:
  - staging: {name: built}
    requirements: {host: [dep]}
    build: {script: [cp $PREFIX/share/dep $PREFIX/share/app]}
  - package: {name: app}
    inherit: built
    build: {noarch: generic, files: [share/app]}
`

async function build(cwd: string, recipe: string, ...flags: string[]): Promise<void> {
  const directory = path.join(cwd, 'recipe')
  mkdirSync(directory, { recursive: true })
  writeFileSync(path.join(directory, 'recipe.yaml'), recipe)
  const words = ['build', 'recipe', '-c', './output', '--timestamp', '1700000000', ...flags]
  const { code, stderr } = await krait(words, { cwd })
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' })
}

/** `before` and `after` are output directories with a build of the same id each. @param between built between them */
async function twoBuilds(before: string, after: string, between?: string) {
  const cwd = tempDirectory()
  mkdirSync(path.join(cwd, 'output/noarch'), { recursive: true })
  writeFileSync(path.join(cwd, 'output/noarch/repodata.json'), '{"packages":{},"packages.conda":{}}')
  await build(cwd, dep('1.0'))
  await build(cwd, dep('1.1'))
  await build(cwd, before, '--output-dir', 'before')
  if (between !== undefined) await build(cwd, between)
  await build(cwd, after, '--output-dir', 'after')
  const only = (directory: string, end: string) =>
    path.join(
      directory,
      readdirSync(path.join(cwd, directory)).find((name) => name.startsWith('app') && name.endsWith(end)) ??
        '',
    )
  return {
    cwd,
    packages: [only('before/noarch', '.conda'), only('after/noarch', '.conda')],
    records: [only('before/logs', '.record.json'), only('after/logs', '.record.json')],
  }
}

const because = (stdout: string) => stdout.split('\nbecause\n')[1]

test('two packages that differ in one pin have exactly one cause, and so have their records', async () => {
  const { cwd, packages, records } = await twoBuilds(app('==1.0'), app('==1.1'))
  const shown = await krait(['diff', ...packages], { cwd })
  expect(because(shown.stdout)).toBe('  recipe.yaml:9: "- dep ==1.0" -> "- dep ==1.1"\n')
  expect(shown.stdout).toContain('~ share/app: ')
  expect(shown.stdout).toMatch(/\nenvironments\n {2}~ dep 1\.0 \S+ -> 1\.1 \S+ \(host\)\n/)
  expect(shown.code).toBe(9)
  const json = await krait(['diff', ...records, '--json'], { cwd })
  expect(JSON.parse(json.stdout)).toMatchObject({
    causes: [{ kind: 'recipe', at: 'recipe.yaml:9', before: '- dep ==1.0', after: '- dep ==1.1' }],
    isSame: false,
  })
  for (const file of packages) rmSync(path.join(cwd, file))
  const alone = await krait(['diff', ...records], { cwd })
  expect(because(alone.stdout)).toMatch(/^ {2}recipe the text of the recipe: \w{12} -> \w{12}\n$/)
  expect(alone.code).toBe(9)
})

test('equal builds end with 0', async () => {
  const { cwd, packages, records } = await twoBuilds(app('==1.0'), app('==1.0'))
  for (const words of [packages, records]) {
    const { code, stdout } = await krait(['diff', ...words], { cwd })
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/^no difference/) })
  }
})

test('a variable of the script is told by its name', async () => {
  const { cwd, packages } = await twoBuilds(app('==1.0'), app('==1.0').replace('fast', 'slow'))
  const { stdout } = await krait(['diff', ...packages], { cwd })
  expect(stdout).toContain('\nvariables\n  MODE: "fast" -> "slow"\n')
  expect(because(stdout)).toMatch(/^ {2}recipe\.yaml:6: .*slow.*\n$/)
})

test('variants have the value that differs as their cause, with its line', async () => {
  const words = ['report-0.3-calm', 'report-0.3-loud', 'recipes/report']
  const { code, stdout } = await krait(['diff', ...words])
  expect(stdout).toMatch(
    /\nbecause\n {2}variant tone: calm -> loud \(recipes\/report\/variants\.yaml:2:5, [^\n]*:3:5\)\n$/,
  )
  expect(code).toBe(9)
  const json = await krait(['diff', ...words, '--json'])
  expect(JSON.parse(json.stdout).causes).toHaveLength(1)
  expect((await krait(['diff', 'report-0.3-calm', 'report-0.3-calm', 'recipes/report'])).code).toBe(0)
})

test.each([
  { words: ['one'], says: 'compares two builds, variants or packages, not 1', code: 2 },
  { words: ['a', 'b'], says: '`krait builds` lists builds', code: 2 },
  { words: ['a.conda', 'b.conda'], says: 'Package file does not exist: a.conda', code: 2 },
  {
    words: ['bad.record.json', 'bad.record.json'],
    says: 'is no record of a build: it is no JSON object',
    code: 2,
  },
  { words: ['old.record.json', 'old.record.json'], says: 'it is not what `krait build` writes', code: 2 },
])('$words is refused in one message', async ({ words, says, code }) => {
  const cwd = tempDirectory()
  writeFileSync(path.join(cwd, 'bad.record.json'), '[1')
  writeFileSync(path.join(cwd, 'old.record.json'), '{"schema_version": 1, "output": 3}')
  const result = await krait(['diff', ...words], { cwd })
  expect(result.stderr).toContain(says)
  expect({ code: result.code, stdout: result.stdout }).toEqual({ code, stdout: '' })
})

test('a build that failed has no record to compare', async () => {
  const cwd = tempDirectory()
  writeFileSync(
    path.join(cwd, 'recipe.yaml'),
    '{package: {name: bad, version: "1"}, build: {script: exit 3}}',
  )
  expect((await krait(['build'], { cwd })).code).toBe(6)
  const { code, stderr } = await krait(['diff', 'bad', 'bad'], { cwd })
  expect(stderr).toContain('has no record: it did not end well')
  expect(code).toBe(2)
})

test('a package that only the staging output was built with is a cause, for packages and for records', async () => {
  const { cwd, packages, records } = await twoBuilds(stagedApp, stagedApp, dep('1.2'))
  for (const pair of [packages, records]) {
    const { stdout } = await krait(['diff', ...pair], { cwd })
    expect(because(stdout)).toMatch(/^ {2}package dep \(staging host\): 1\.1 \S+ -> 1\.2 \S+\n$/)
    expect(stdout).toMatch(/\nenvironments\n {2}~ dep 1\.1 \S+ -> 1\.2 \S+ \(staging host\)\n/)
  }
})
