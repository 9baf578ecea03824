/** `krait build --watch`: each save is followed by a build that begins at the first stale step. */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { krait, startKrait } from '../support/krait.js'
import { tempDirectory } from '../support/system.js'

const recipe = (extra = '') => `package: {name: demo, version: "1"}
source: {path: ../src}
build:
  noarch: generic
  script: ["mkdir -p $PREFIX/share", "cp a.txt $PREFIX/share/a.txt"]
tests:
  - script: [test -f $PREFIX/share/a.txt${extra}]
`

function makeProject(): string {
  const cwd = tempDirectory()
  mkdirSync(path.join(cwd, 'recipe'))
  mkdirSync(path.join(cwd, 'src'))
  writeFileSync(path.join(cwd, 'recipe/recipe.yaml'), recipe())
  writeFileSync(path.join(cwd, 'recipe/.gitignore'), '*.log\n')
  writeFileSync(path.join(cwd, 'src/a.txt'), 'one\n')
  return cwd
}

/** What is told, in parts: one for each build, from the last one to the next. */
function watch(cwd: string, ...flags: string[]) {
  const child = startKrait(['build', 'recipe', '--watch', '--log-style', 'plain', ...flags], { cwd })
  let told = ''
  child.stderr?.on('data', (chunk: Buffer) => (told += chunk.toString('utf8')))
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  const parts = () => told.split('waiting for the next save').slice(0, -1)
  const part = async (count: number) => {
    await expect.poll(() => parts().length, { timeout: 90_000 }).toBeGreaterThanOrEqual(count)
    return parts()[count - 1] ?? ''
  }
  return { child, ended, part, parts }
}

test('saves of source, script and tests are followed by builds that begin where something is stale', async () => {
  const cwd = makeProject()
  const { child, ended, part, parts } = watch(cwd)
  expect(await part(1)).toContain('1 package in')
  writeFileSync(path.join(cwd, 'src/a.txt'), 'two\n')
  const source = await part(2)
  expect(source).toContain('src/a.txt saved')
  expect(source).toMatch(/sync sources: .*a\.txt/)
  // As editors do: written beside the file, then renamed.
  writeFileSync(path.join(cwd, 'recipe/new'), recipe(' || false'))
  renameSync(path.join(cwd, 'recipe/new'), path.join(cwd, 'recipe/recipe.yaml'))
  const tests = await part(3)
  expect(tests).toContain('reuse sources')
  expect(tests).toContain('reuse script (unchanged)')
  writeFileSync(path.join(cwd, 'recipe/build.log'), 'ignored by git')
  writeFileSync(path.join(cwd, 'recipe/recipe.yaml'), recipe().replace('cp a.txt', 'cp -p a.txt'))
  expect(await part(4)).toMatch(/run script: /)
  expect(parts()).toHaveLength(4)
  child.kill('SIGINT')
  expect(await ended).toBe(130)
})

test('a build that fails, and a recipe with a mistake, wait for the next save', async () => {
  const cwd = makeProject()
  const file = path.join(cwd, 'recipe/recipe.yaml')
  writeFileSync(file, recipe().replace('cp a.txt', 'cp missing.txt'))
  const { child, ended, part } = watch(cwd)
  expect(await part(1)).toContain('1 output failed')
  writeFileSync(file, 'package: [')
  expect(await part(2)).toMatch(/error\[load\//)
  writeFileSync(file, recipe())
  expect(await part(3)).toContain('1 package in')
  child.kill('SIGINT')
  expect(await ended).toBe(130)
})

test('new directories are watched, what is removed counts, and the output directory does not', async () => {
  const cwd = makeProject()
  const { child, ended, part, parts } = watch(cwd, '--output-dir', 'src/output')
  expect(await part(1)).toContain('1 package in')
  mkdirSync(path.join(cwd, 'src/deep/er'), { recursive: true })
  writeFileSync(path.join(cwd, 'src/deep/er/b.txt'), 'b')
  await part(2)
  const before = parts().length
  rmSync(path.join(cwd, 'src/deep'), { recursive: true })
  expect(await part(before + 1)).toContain('saved')
  child.kill('SIGINT')
  expect(await ended).toBe(130)
})

test('a script that writes beside its recipe does not build for ever', async () => {
  const cwd = makeProject()
  writeFileSync(
    path.join(cwd, 'recipe/recipe.yaml'),
    recipe().replace('"mkdir', '"date +%N > $RECIPE_DIR/stamp", "mkdir'),
  )
  const { child, ended, part } = watch(cwd)
  expect(await part(1)).toContain('recipe/stamp changes with every build: it is not watched any more')
  child.kill('SIGINT')
  expect(await ended).toBe(130)
})

test('a save ends the script that runs, and the build begins again', async () => {
  const cwd = makeProject()
  const file = path.join(cwd, 'recipe/recipe.yaml')
  const pidFile = path.join(tempDirectory(), 'pid')
  writeFileSync(
    file,
    recipe().replace('"mkdir', () => `"echo $$ > ${pidFile}; sleep 1000", "mkdir`),
  )
  const { child, ended, part } = watch(cwd)
  await expect
    .poll(() => existsSync(pidFile) && readFileSync(pidFile, 'utf8'), { timeout: 60_000 })
    .toMatch(/\n/)
  writeFileSync(file, recipe())
  const told = await part(1)
  expect(told).toMatch(/error\[interrupted\/save\][\s\S]*recipe\.yaml saved[\s\S]*1 package in/)
  expect(() => process.kill(Number(readFileSync(pidFile, 'utf8')), 0)).toThrow('ESRCH')
  child.kill('SIGINT')
  expect(await ended).toBe(130)
})

test('a long script that writes beside its recipe comes to its end', async () => {
  const cwd = makeProject()
  const writes = '"date +%N > $RECIPE_DIR/stamp; sleep 0.5", "mkdir'
  writeFileSync(path.join(cwd, 'recipe/recipe.yaml'), recipe().replace('"mkdir', writes))
  const { child, ended, part } = watch(cwd)
  const told = await part(1)
  expect(told).toContain('recipe/stamp changes with every build: it is not watched any more')
  expect(told).toContain('1 package in')
  child.kill('SIGINT')
  expect(await ended).toBe(130)
})

test.each(['--render-only', '--dirty-explain', '--dirty-reset', '--check-secrets', '-'])(
  '`--watch` with `%s` is refused',
  async (other) => {
    const { code, stderr } = await krait(['build', 'recipes/mustache', '--watch', other])
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringContaining(`cannot be used with '${other}'`),
    })
  },
)
