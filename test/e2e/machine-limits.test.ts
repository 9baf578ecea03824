/** What the shell that krait is called in sets too low, or wrong: no place for temporary files, few open files. */
import { execFile } from 'node:child_process'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { cleanEnv, krait, mainFile } from '../support/krait.js'
import { tempDirectory } from '../support/system.js'

const recipe = `package: {name: demo, version: "1.0"}
build:
  noarch: generic
  script: mkdir -p $PREFIX/share && for i in $(seq 200); do echo $i > $PREFIX/share/$i; done
tests: [{script: ["true"]}]
`

async function setUp() {
  const place = tempDirectory()
  mkdirSync(path.join(place, 'recipe'))
  writeFileSync(path.join(place, 'recipe/recipe.yaml'), recipe)
  writeFileSync(path.join(place, 'file'), '')
  const env = { KRAIT_CACHE_DIR: path.join(place, 'cache') }
  return { place, env, build: ['build', 'recipe', '--output-dir', 'out'] }
}

test('a build, with its tests, needs no place for temporary files', async () => {
  const { place, env, build } = await setUp()
  const { code, stderr } = await krait(build, { cwd: place, env: { ...env, TMPDIR: '/nowhere/tmp' } })
  expect([code, code === 0 ? '' : stderr]).toEqual([0, ''])
})

test('what needs one says which variable names the wrong place', async () => {
  const { place, env, build } = await setUp()
  await krait(build, { cwd: place, env })
  const [name = ''] = readdirSync(path.join(place, 'out/noarch')).filter((file) => file.endsWith('.conda'))
  const calls = [
    ['test', `out/noarch/${name}`],
    ['rebuild', `out/noarch/${name}`],
    ['env', 'show', 'recipe', '--with-solve'],
  ]
  for (const args of calls) {
    const missing = await krait(args, { cwd: place, env: { ...env, TMPDIR: '/nowhere/tmp' } })
    expect(missing.stderr).toContain(
      '[system/temp-directory]: the directory for temporary files `/nowhere/tmp`, which `TMPDIR` names, does not exist',
    )
    expect(missing.code).toBe(7)
    const file = path.join(place, 'file')
    const wrong = await krait(args, { cwd: place, env: { ...env, TMP: file } })
    expect(wrong.stderr).toContain(`\`${file}\`, which \`TMP\` names, is no directory`)
  }
})

async function withOpenFiles(count: number, { place, env, build }: Awaited<ReturnType<typeof setUp>>) {
  const words = ['-c', `ulimit -n ${count} && exec "$@"`, 'bash', process.execPath, mainFile, ...build]
  const run = promisify(execFile)('bash', words, { cwd: place, env: cleanEnv(env) })
  return run.then(
    ({ stderr }) => ({ code: 0, stderr }),
    ({ code, stderr }: { code: number; stderr: string }) => ({ code, stderr }),
  )
}

test('thirty-two open files are too few, and the hint says so', async () => {
  const { code, stderr } = await withOpenFiles(32, await setUp())
  expect(stderr).toContain('error[system/too-many-open-files]: too many open files: cannot open ')
  expect(stderr).toContain('`ulimit -n` shows it')
  expect(code).toBe(7)
})

test('as many open files as the hint asks for are enough', async () => {
  const { code, stderr } = await withOpenFiles(80, await setUp())
  expect([code, code === 0 ? '' : stderr]).toEqual([0, ''])
})
