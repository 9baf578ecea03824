/** `--skip-existing`: what exists is not built again, and what only seems to exist is told. */
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { krait } from '../support/krait.js'
import { tempDirectory } from '../support/system.js'

function project() {
  const directory = tempDirectory()
  const write = (number = 0) =>
    writeFileSync(
      path.join(directory, 'recipe.yaml'),
      `package:\n  name: demo\n  version: "1.0"\nbuild:\n  number: ${number}\n  noarch: generic\n  script: mkdir -p $PREFIX && echo \${{ flavour }} > $PREFIX/demo\n  variant:\n    use_keys: [flavour]\n`,
    )
  const call = (flavours: string, ...args: string[]) =>
    krait(['build', '--output-dir', 'out', '--variant', `flavour=${flavours}`, ...args], { cwd: directory })
  write()
  return { write, call }
}

test('builds only what the local channel does not have', async () => {
  const { call } = project()
  await call('sweet')
  const { code, stderr } = await call('sweet,sour', '--skip-existing')
  expect(code).toBe(0)
  expect(stderr).toContain('1 exist, 1 new, 0 diverge')
  expect(stderr).toMatch(/Skipping build for demo-1\.0-\S+: it is in the local channel already/)
  expect(stderr).toContain('1 package in')
})

test('an equal version and number with another hash is told, and built all the same', async () => {
  const { call } = project()
  await call('sweet')
  const { code, stderr } = await call('sour', '--skip-existing')
  expect(stderr).toMatch(
    /warning\[plan\/diverges\]: `demo-1\.0-\S+` diverges: file:\S+ has the same version and build number as `\S+`/,
  )
  expect(code).toBe(0)
})

test('with --fail-on-divergence nothing is built until the build number is raised', async () => {
  const { call, write } = project()
  await call('sweet')
  const refused = await call('sour', '--skip-existing', '--fail-on-divergence')
  expect(refused.stderr).toContain('error[plan/diverges]')
  expect(refused.stderr).not.toContain('✔ script')
  expect(refused.code).toBe(3)
  write(1)
  expect((await call('sour', '--skip-existing', '--fail-on-divergence')).code).toBe(0)
})

test('asks all channels when it is told to', async () => {
  const { call } = project()
  await call('sweet')
  const { stderr, code } = await call('sweet', '--output-dir', 'other', '-c', './out', '--skip-existing=all')
  expect(stderr).toMatch(/Skipping build for demo-1\.0-\S+: it is in file:\S+out\/ already/)
  expect(code).toBe(0)
})
