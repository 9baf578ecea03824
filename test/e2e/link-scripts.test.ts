/** `--link-scripts`: what is done about scripts that packages run around linking, in every prefix that krait makes. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { type PackageSpec, writeIndex, writePackage } from '../stages/install-prefixes/packages.js'
import { krait } from '../support/krait.js'
import { tempDirectory, testContext } from '../support/system.js'

const script = (name: string, when: string, end: number): PackageSpec['files'] => ({
  [`bin/.${name}-${when}.sh`]: {
    text: `echo ran >> "$PREFIX/${name}-${when}"; echo "cannot go on" >&2; exit ${end}\n`,
    executable: true,
  },
})

async function setUp(specs: readonly PackageSpec[]) {
  const directory = tempDirectory()
  const channel = path.join(directory, 'channel')
  const { context } = testContext()
  const records = []
  for (const spec of specs) records.push(await writePackage(channel, { subdir: 'noarch', ...spec }, context))
  writeIndex(channel, records)
  const env = { KRAIT_CACHE_DIR: path.join(directory, 'cache') }
  const prefix = path.join(directory, 'env')
  const create = (names: readonly string[], ...flags: string[]) =>
    krait(['env', 'create', '-p', prefix, ...names, '-c', channel, ...flags], { env })
  return { directory, channel, prefix, create, env }
}

const bad: PackageSpec = { name: 'bad', files: { 'share/bad': 'b', ...script('bad', 'post-link', 3) } }
const leaving: PackageSpec = { name: 'leaving', files: { ...script('leaving', 'pre-unlink', 4) } }

test('a script that fails is a warning, and an error when that is wanted; the next run repairs the prefix', async () => {
  const { prefix, create } = await setUp([bad])
  const refused = await create(['bad'], '--link-scripts', 'error')
  expect(refused.code).toBe(4)
  expect(refused.stderr).toContain(
    '`bin/.bad-post-link.sh` of the package `bad` ended with code 3: cannot go on',
  )
  expect(refused.stderr).toContain('install/link-script')
  const repaired = await create(['bad'])
  expect(repaired.code).toBe(0)
  expect(repaired.stderr).toContain('`bin/.bad-post-link.sh` ended with code 3: cannot go on')
  expect(readFileSync(path.join(prefix, 'share/bad'), 'utf8')).toBe('b')
  // The directory of the refused one was removed, with what its script had written.
  expect(readFileSync(path.join(prefix, 'bad-post-link'), 'utf8')).toBe('ran\n')
})

test('scripts that are skipped are named and leave no trace', async () => {
  const { prefix, create } = await setUp([bad, leaving])
  const created = await create(['bad', 'leaving'], '--link-scripts', 'skip')
  expect(created.code).toBe(0)
  expect(created.stderr).toContain('bad: `bin/.bad-post-link.sh` is not run')
  const changed = await create(['bad'], '--link-scripts', 'skip')
  expect(changed.stderr).toContain('leaving: `bin/.leaving-pre-unlink.sh` is not run')
  expect(existsSync(path.join(prefix, 'bad-post-link'))).toBe(false)
  expect(existsSync(path.join(prefix, 'leaving-pre-unlink'))).toBe(false)
})

test('a package that cannot be taken out properly stays when failures are errors', async () => {
  const { prefix, create } = await setUp([bad, leaving])
  await create(['bad', 'leaving'])
  const refused = await create(['bad'], '--link-scripts=error')
  expect(refused.code).toBe(4)
  expect(refused.stderr).toContain('`bin/.leaving-pre-unlink.sh` of the package `leaving` ended with code 4')
  expect(existsSync(path.join(prefix, 'bin/.leaving-pre-unlink.sh'))).toBe(true)
  expect((await create(['bad'])).code).toBe(0)
  expect(existsSync(path.join(prefix, 'bin/.leaving-pre-unlink.sh'))).toBe(false)
})

test('the prefixes of builds and tests follow it, from the environment variable too', async () => {
  const { directory, channel, env } = await setUp([bad])
  const recipe = path.join(directory, 'recipe')
  mkdirSync(recipe)
  writeFileSync(
    path.join(recipe, 'recipe.yaml'),
    `package: {name: demo, version: "1"}
build: {noarch: generic, script: ["test ! -e $PREFIX/bad-post-link", "touch $PREFIX/made"]}
requirements: {host: [bad], run: [bad]}
tests: [{script: ["test ! -e $PREFIX/bad-post-link"]}]
`,
  )
  const args = ['build', recipe, '-c', channel, '--output-dir', path.join(directory, 'out')]
  const skipped = await krait([...args, '--link-scripts', 'skip'], { env })
  expect(skipped.code, skipped.stderr).toBe(0)
  const ran = await krait(args, { env })
  expect(ran.code).toBe(6)
  const refused = await krait(args, { env: { ...env, KRAIT_LINK_SCRIPTS: 'error' } })
  expect(refused.code).toBe(4)
})

test('any other policy is wrong usage', async () => {
  const { create } = await setUp([bad])
  const { code, stderr } = await create(['bad'], '--link-scripts', 'never')
  expect(code).toBe(2)
  expect(stderr).toContain('never')
})
