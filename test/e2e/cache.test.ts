/** `krait cache`: listing, cleaning and verifying what environments are made of. */
import { appendFileSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { writeIndex, writePackage } from '../stages/install-prefixes/packages.js'
import { krait } from '../support/krait.js'
import { tempDirectory, testContext } from '../support/system.js'

async function setUp() {
  const directory = tempDirectory()
  const channel = path.join(directory, 'channel')
  const { context } = testContext()
  const records = []
  for (const name of ['used', 'idle']) {
    records.push(
      await writePackage(channel, { name, subdir: 'noarch', files: { [`lib/${name}`]: name } }, context),
    )
  }
  writeIndex(channel, records)
  const cache = path.join(directory, 'cache')
  const run = (...args: string[]) => krait(args, { env: { KRAIT_CACHE_DIR: cache } })
  const create = (...specs: string[]) =>
    run('env', 'create', '-p', path.join(directory, 'env'), '-c', channel, ...specs)
  const packages = path.join(cache, 'pkgs/v1')
  await create('used', 'idle')
  await create('used')
  return { directory, channel, packages, cache, run, create }
}

test('list shows every package with its size, age and links', async () => {
  const { run } = await setUp()
  const { stdout } = await run('cache', 'list')
  expect(stdout).toMatch(/^idle-1\.0-0-[0-9a-f]{16} {2}\d+ B, 3 files, 0 minutes old, not linked$/m)
  expect(stdout).toMatch(/^used-1\.0-0-[0-9a-f]{16} {2}.*, linked by 1 environment$/m)
  const json = JSON.parse((await run('cache', 'list', '--json')).stdout)
  expect(json.packages).toMatchObject([{ links: 0 }, { links: 1 }])
})

test('clean removes what no environment links to, and what killed runs left', async () => {
  const { run, packages, cache } = await setUp()
  mkdirSync(path.join(packages, '.unpack-x/half'), { recursive: true })
  mkdirSync(path.join(cache, 'dl'))
  writeFileSync(path.join(cache, 'dl/part.conda'), 'part')
  const dry = await run('cache', 'clean', '--dry-run')
  expect(dry.stdout).toMatch(/would remove 1 package, 1 leftover, 1 partial download, \d+ B, from /)
  expect(readdirSync(packages)).toHaveLength(3)
  expect((await run('cache', 'clean', '--older-than', '1d')).stdout).toContain('removed nothing')
  expect((await run('cache', 'clean')).code).toBe(0)
  expect(readdirSync(packages)).toEqual([expect.stringMatching(/^used-/)])
  expect(readdirSync(path.join(cache, 'dl'))).toEqual([])
  await run('cache', 'clean', '--all')
  expect(readdirSync(packages)).toEqual([])
})

test('verify names a damaged package, drops it, and the next environment gets it anew', async () => {
  const { run, create, packages, directory } = await setUp()
  const [entry = ''] = readdirSync(packages).filter((name) => name.startsWith('used-'))
  expect(await run('cache', 'verify')).toMatchObject({ code: 0, stderr: '' })
  appendFileSync(path.join(directory, 'env/lib/used'), '!')
  const { code, stdout, stderr } = await run('cache', 'verify')
  expect([code, stdout]).toEqual([7, expect.stringContaining('1 damaged and removed')])
  expect(stderr).toContain(`\`lib/used\` of \`${entry}\` in the package cache has 5 bytes in place of 4`)
  expect(existsSync(path.join(packages, entry))).toBe(false)
  await create('idle')
  await create('used')
  expect(await run('cache', 'verify')).toMatchObject({ code: 0, stderr: '' })
})

test('environments are right while the cache is cleaned again and again', async () => {
  const { run, directory, channel } = await setUp()
  const results = await Promise.all([
    ...['a', 'b', 'c'].map((name) =>
      run('env', 'create', '-p', path.join(directory, name), '-c', channel, 'used', 'idle'),
    ),
    ...Array.from({ length: 3 }, () => run('cache', 'clean', '--all')),
  ])
  expect(results.map(({ code, stderr }) => (code === 0 ? '' : stderr))).toEqual(['', '', '', '', '', ''])
  for (const name of ['a', 'b', 'c']) expect(existsSync(path.join(directory, name, 'lib/idle'))).toBe(true)
})

test('a build that writes into an installed file is told so, and the package is unpacked anew', async () => {
  const { run, packages, directory, channel } = await setUp()
  const recipe = path.join(directory, 'recipe.yaml')
  writeFileSync(
    recipe,
    [
      'package: {name: vandal, version: "1"}',
      'requirements: {host: [used]}',
      'build: {noarch: generic, script: ["echo more >> $PREFIX/lib/used", "touch $PREFIX/done"]}',
    ].join('\n'),
  )
  const output = path.join(directory, 'out')
  const { stderr, code } = await run('build', recipe, '-c', channel, '--output-dir', output)
  expect(stderr).toContain('the build changed `lib/used` of the installed package `used` in place')
  expect(code).toBe(0)
  expect((await run('cache', 'list')).stdout).not.toContain('used-1.0-0')
  const again = await run('env', 'create', '-p', path.join(directory, 'fresh'), '-c', channel, 'used')
  expect(again.code).toBe(0)
  expect(await run('cache', 'verify')).toMatchObject({ code: 0, stderr: '' })
  expect(readdirSync(packages).filter((name) => name.startsWith('used-'))).toHaveLength(1)
})

test.each([
  [['cache'], 'an action is missing'],
  [['cache', 'polish'], 'knows `list`, `clean`, `verify`'],
  [['cache', 'clean', '--older-than', 'soon'], 'soon'],
])('`krait %s` is refused', async (args, message) => {
  const { code, stderr } = await krait(args)
  expect(code).toBe(2)
  expect(stderr).toContain(message)
})
