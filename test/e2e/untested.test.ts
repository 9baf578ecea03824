/** A package between its build and its place in the channel: who sees it, and where it ends when the run does. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { krait } from '../support/krait.js'
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
  expect(stderr).toMatch(/the run ended before the tests of tool-1\.0-\S+: the package is in broken\//)
})
