/** A package between its build and its place in the channel: who sees it, and where it ends when the run does. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test, vi } from 'vitest'
import { krait, startKrait } from '../support/krait.js'
import { tempDirectory } from '../support/system.js'

/** `tool` can only be tested with `friend` and `last`, which need `tool` to be built. */
function recipe(friendScript: string, toolTest: string): string {
  const directory = tempDirectory()
  mkdirSync(path.join(directory, 'r'))
  const text = `recipe:
  name: pair
  version: "1.0"
build:
  noarch: generic
outputs:
  - package:
      name: tool
    build:
      noarch: generic
      script: mkdir -p $PREFIX/share && echo tool > $PREFIX/share/tool
    tests:
      - script: ${toolTest}
        requirements:
          run: [friend, last]
  - package:
      name: friend
    build:
      noarch: generic
      script: ${friendScript}
    requirements:
      host: [tool]
  - package:
      name: last
    build:
      noarch: generic
    requirements:
      host: [friend]
`
  writeFileSync(path.join(directory, 'r/recipe.yaml'), text)
  return directory
}

function listed(directory: string): string[] {
  const { 'packages.conda': packages } = JSON.parse(
    readFileSync(path.join(directory, 'out/noarch/repodata.json'), 'utf8'),
  )
  return Object.keys(packages).map((name) => name.split('-')[0] ?? '')
}

/** Its own channel is the only one. */
const build = (directory: string) =>
  krait(['build', 'r', '--output-dir', 'out', '-c', './out'], { cwd: directory })

test('is there for the output that its tests wait for', async () => {
  const directory = recipe(
    'test -f $PREFIX/share/tool && echo f > $PREFIX/share/friend',
    'test -f $PREFIX/share/friend',
  )
  const { code, stderr } = await build(directory)
  expect(stderr).not.toContain('error[')
  expect(code).toBe(0)
  expect(listed(directory)).toEqual(['friend', 'last', 'tool'])
  expect(existsSync(path.join(directory, 'out/.untested'))).toBe(false)
})

test('is taken out of the channel again when its tests fail after all', async () => {
  const directory = recipe('echo f > $PREFIX/share/friend', 'exit 3')
  const { code } = await build(directory)
  expect(code).toBe(8)
  expect(listed(directory)).toEqual(['friend', 'last'])
  expect(readdirSync(path.join(directory, 'out/broken'))).toEqual([expect.stringMatching(/^tool-1\.0-/)])
})

test('is taken out of the channel when the run ends before its tests', async () => {
  const directory = recipe('exit 5', 'exit 0')
  const { code, stderr } = await build(directory)
  expect(code).toBe(6)
  expect(listed(directory)).toEqual([])
  expect(readdirSync(path.join(directory, 'out/untested'))).toEqual([expect.stringMatching(/^tool-1\.0-/)])
  expect(existsSync(path.join(directory, 'out/broken'))).toBe(false)
  expect(stderr).toMatch(/the run ended before the tests of tool-1\.0-\S+: the package is in untested\//)
})

test('is not called broken when Ctrl-C ends its tests', async () => {
  const directory = recipe('', '')
  const text = `package: {name: slow, version: "1.0"}
build: {noarch: generic, script: mkdir -p $PREFIX/share && echo 1 > $PREFIX/share/slow}
tests: [{script: [touch ${directory}/begun, '[ -e ${directory}/go ] || sleep 60']}]
`
  writeFileSync(path.join(directory, 'r/recipe.yaml'), text)
  const child = startKrait(['build', 'r', '--output-dir', 'out', '--keep-build'], { cwd: directory })
  let stderr = ''
  child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString('utf8')))
  await vi.waitUntil(() => existsSync(path.join(directory, 'begun')), { timeout: 30_000 })
  child.kill('SIGINT')
  const code = await new Promise((resolve) => child.once('close', resolve))
  expect([code, stderr]).toEqual([
    130,
    expect.stringMatching(/slow-1\.0-\S+ was not tested to the end: it is in untested\//),
  ])
  expect(listed(directory)).toEqual([])
  expect(existsSync(path.join(directory, 'out/broken'))).toBe(false)
  const [name = ''] = readdirSync(path.join(directory, 'out/untested'))
  expect(name).toMatch(/^slow-1\.0-/)
  // Nothing is lost: the tests can run after all.
  writeFileSync(path.join(directory, 'go'), '')
  const again = await krait(['retry', 'slow', '--output-dir', 'out'], { cwd: directory })
  expect([again.code, again.stderr]).toEqual([0, expect.stringContaining('all tests passed')])
})
