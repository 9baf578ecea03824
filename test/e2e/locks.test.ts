/** Locks environments with the built command: a newer package in the channel, a changed recipe, a vanished record. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { krait } from '../support/krait.js'
import { tempDirectory } from '../support/system.js'

interface Workplace {
  readonly directory: string
  readonly channel: string
  readonly lockFile: string
}

/** A channel with `dep` 1, and a recipe that is built and tested with it. */
async function workplace(): Promise<Workplace> {
  const directory = tempDirectory()
  const channel = path.join(directory, 'channel')
  await publish('1', { directory, channel })
  writeRecipe(directory, 'dep')
  return { directory, channel, lockFile: path.join(directory, 'demo', 'recipe.lock.yaml') }
}

async function publish(version: string, { directory, channel }: Pick<Workplace, 'directory' | 'channel'>) {
  const recipe = path.join(directory, `dep-${version}`)
  mkdirSync(recipe)
  const script = `mkdir -p $PREFIX && echo ${version} > $PREFIX/dep.txt`
  writeFileSync(
    path.join(recipe, 'recipe.yaml'),
    `package: {name: dep, version: "${version}"}\nbuild: {noarch: generic, script: "${script}"}\n`,
  )
  const { code } = await krait(['build', recipe, '--output-dir', channel])
  expect(code).toBe(0)
}

function writeRecipe(directory: string, spec: string): void {
  mkdirSync(path.join(directory, 'demo'), { recursive: true })
  writeFileSync(
    path.join(directory, 'demo', 'recipe.yaml'),
    `package: {name: demo, version: "1"}
build:
  noarch: generic
  script: cp $PREFIX/dep.txt $PREFIX/demo.txt
requirements:
  host: [${spec}]
tests:
  - script: grep . $PREFIX/demo.txt $PREFIX/dep.txt
    requirements: {run: [dep]}
`,
  )
}

/** Builds the recipe; the versions of dep that its build and its test had are in what the test printed. */
async function build({ directory, channel }: Workplace, ...options: string[]) {
  const output = path.join(directory, `out-${options.length}-${Math.floor(performance.now())}`)
  const result = await krait([
    'build',
    path.join(directory, 'demo'),
    '-c',
    channel,
    '--output-dir',
    output,
    ...options,
  ])
  return {
    ...result,
    versions: [...result.stderr.matchAll(/(?:demo|dep)\.txt:(\d)/g)].map(([, version]) => version),
  }
}

test('a lock keeps build and test on the packages it was made with', async () => {
  const place = await workplace()
  const first = await build(place, '--lock')
  expect(first.stderr).not.toContain('error')
  expect(first.versions).toEqual(['1', '1'])
  const text = readFileSync(place.lockFile, 'utf8')
  expect(text).toContain('name: dep')
  expect(text).toMatch(/sha256: [0-9a-f]{64}/)
  // The tested package is new every time, so it has no hash.
  expect(text).toMatch(/- name: demo\n\s+version: '1'\n\s+build: \w+\n(?!\s+url)/)
  await publish('2', place)
  expect((await build(place)).versions).toEqual(['2', '2'])
  expect((await build(place, '--locked')).versions).toEqual(['1', '1'])
  expect(readFileSync(place.lockFile, 'utf8')).toBe(text)
  expect((await build(place, '--lock')).versions).toEqual(['2', '2'])
  expect(readFileSync(place.lockFile, 'utf8')).toContain("version: '2'")
})

test('a lock that does not fit any more is refused, and the change is named', async () => {
  const place = await workplace()
  const lock = path.join(place.directory, 'my.lock.yaml')
  expect((await build(place, '--lock', lock)).code).toBe(0)
  expect(existsSync(place.lockFile)).toBe(false)

  writeRecipe(place.directory, 'dep >=1')
  const changedSpec = await build(place, '--lock', lock, '--locked')
  expect(changedSpec.code).toBe(4)
  expect(changedSpec.stderr).toContain(
    'the lock of the host environment is stale: spec `dep` is gone and 1 more',
  )
  expect(changedSpec.stderr).toContain('spec `dep >=1` is new')

  writeRecipe(place.directory, 'dep')
  const otherVariant = await build(place, '--lock', lock, '--locked', '--variant', 'dep=1')
  expect(otherVariant.stderr).toContain('variant `dep` was not set and is `1` now')

  await publish('2', place)
  const index = path.join(place.channel, 'noarch', 'repodata.json')
  const repodata = readFileSync(index, 'utf8')
  writeFileSync(
    index,
    repodata.replaceAll(/"sha256":\s*"[0-9a-f]{4}/g, (found) => `${found.slice(0, -4)}0000`),
  )
  const changedHash = await build(place, '--lock', lock, '--locked')
  expect(changedHash.stderr).toMatch(/`dep 1 \w+` has the sha256 0000\w+ now, it was /)

  writeFileSync(index, repodata.replaceAll('dep-1-', 'dep-3-'))
  const vanished = await build(place, '--lock', lock, '--locked')
  expect(vanished.stderr).toMatch(/`dep 1 \w+` is not in its channel any more/)

  const { stderr } = await build({ ...place, channel: tempDirectory() }, '--lock', lock, '--locked')
  expect(stderr).toContain('is new')
})

test('a missing or malformed lock file is refused, and nothing is written with --render-only', async () => {
  const place = await workplace()
  expect((await build(place, '--locked')).stderr).toContain('there is no lock file')
  writeFileSync(place.lockFile, 'version: 7\n')
  expect((await build(place, '--locked')).stderr).toContain('is malformed: its version is 7, not 1')
  rmSync(place.lockFile)
  // The word behind `--lock` is its file, and recipes are not to be lost to that.
  const recipe = path.join(place.directory, 'demo', 'recipe.yaml')
  const text = readFileSync(recipe, 'utf8')
  const mistaken = await krait(['build', '--lock', 'recipe.yaml'], { cwd: path.dirname(recipe) })
  expect(mistaken.stderr).toContain('exists and is no lock file')
  expect(mistaken.code).toBe(2)
  expect(readFileSync(recipe, 'utf8')).toBe(text)
  expect(await build(place, '--lock', '--render-only')).toMatchObject({ code: 2 })
  expect(existsSync(place.lockFile)).toBe(false)
})
