/** `--on-failure`: what becomes of the directory of a build that failed. */
import { spawn } from 'node:child_process'
import { readdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { cleanEnv, krait, mainFile } from '../support/krait.js'
import { tempDirectory } from '../support/system.js'

function makeRecipe(): string {
  const cwd = tempDirectory()
  const recipe = { package: { name: 'bad', version: '1' }, build: { script: ['echo hand > made', 'exit 3'] } }
  writeFileSync(path.join(cwd, 'recipe.yaml'), JSON.stringify(recipe))
  return cwd
}

const kept = (cwd: string) => readdirSync(path.join(cwd, 'output/bld')).filter((name) => name.includes('bad'))

test.each([
  { what: 'keep', count: 1 },
  { what: 'shell', count: 1 },
  { what: 'clean', count: 0 },
])('without a terminal, `$what` leaves $count directory', async ({ what, count }) => {
  const cwd = makeRecipe()
  const { code } = await krait(['build', '--on-failure', what], { cwd })
  expect({ code, kept: kept(cwd).length }).toEqual({ code: 6, kept: count })
})

test('at a terminal, `shell` opens one in the work directory with the environment of the script', async () => {
  const cwd = makeRecipe()
  const line = `${process.execPath} ${mainFile} build --on-failure shell`
  const child = spawn('script', ['--quiet', '--return', '--command', line, '/dev/null'], {
    cwd,
    env: cleanEnv(),
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  let seen = ''
  child.stdout.on('data', (chunk: Buffer) => (seen += chunk.toString('utf8')))
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  await expect.poll(() => seen, { timeout: 60_000 }).toContain('a shell in ')
  child.stdin.write('echo "<$PKG_NAME $(cat made)>"; exit 0\n')
  await expect.poll(() => seen, { timeout: 60_000 }).toContain('<bad hand>')
  expect(await ended).toBe(6)
})

test('`clean` and `--dirty` exclude each other', async () => {
  const cwd = makeRecipe()
  const { code, stderr } = await krait(['build', '--dirty', '--on-failure', 'clean'], { cwd })
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: expect.stringContaining("cannot be used with '--dirty'"),
  })
})
