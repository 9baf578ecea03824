/** Options of `--dirty`: offline, over a prefix that is not cleaned, into the channel, as JSON, many at once. */
import fs from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import {
  build,
  edit,
  expectLikeClean,
  flagsOf,
  hostPrefixOf,
  makeDependency,
  makeProject,
  write,
} from '../support/dirty-project.js'
import { krait } from '../support/krait.js'
import { tempDirectory } from '../support/system.js'
import { unpack } from '../support/unpack.js'

test('offline, the packages of the last run are taken again, although the channel is gone', async () => {
  const project = await makeProject()
  await build(project)
  fs.renameSync(path.join(project.root, 'channel'), path.join(project.root, 'away'))
  edit(project.recipe, '"$MODE $', '"mode $MODE $')
  const online = await build(project)
  expect(online.code).not.toBe(0)
  const offline = await build(project, ['--dirty', '--offline'])
  expect(offline.code).toBe(0)
  expect(offline.judged).toMatchObject({ 'host env': 'reuse: 1 package', script: 'run: the script changed' })
  fs.renameSync(path.join(project.root, 'away'), path.join(project.root, 'channel'))
  await expectLikeClean(project)
})

test('offline, other requirements are solved for, and a newer package of a channel on this disk waits for the next time', async () => {
  const project = await makeProject()
  await build(project)
  await makeDependency(project.root, '2')
  expect((await build(project, ['--dirty', '--offline'])).judged).toMatchObject({
    'host env': 'reuse: 1 package',
  })
  edit(project.recipe, 'host: [dep]', 'host: [dep >=2]')
  const other = await build(project, ['--dirty', '--offline'])
  expect(other.judged).toMatchObject({ 'host env': 'update: dep 1 -> 2' })
})

test('over a prefix that is not cleaned nothing is packaged, and the next build cleans it', async () => {
  const project = await makeProject()
  await build(project)
  const stale = write(path.join(hostPrefixOf(project), 'share/stale'), 'stale\n')
  edit(project.recipe, '"$MODE $', '"mode $MODE $')
  const { code, stderr } = await krait([...flagsOf(project, 'out'), '--dirty-keep-prefix'], {
    env: project.env,
  })
  expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('nothing is packaged') })
  expect(fs.existsSync(stale)).toBe(true)
  const next = await build(project)
  expect(next.judged).toMatchObject({ script: 'run: the host prefix was not cleaned before it ran' })
  expect(fs.existsSync(stale)).toBe(false)
  await expectLikeClean(project)
})

test('into the output directory itself goes a package that is marked all the same', async () => {
  const project = await makeProject()
  const { code } = await build(project, ['--dirty-publish'])
  expect(code).toBe(0)
  const channel = path.join(project.root, 'out/linux-64')
  const [file = ''] = fs.readdirSync(channel).filter((name) => name.endsWith('.conda'))
  const about = fs.readFileSync(path.join(unpack(path.join(channel, file)), 'info/about.json'), 'utf8')
  expect((JSON.parse(about) as { extra: unknown }).extra).toMatchObject({ dirty: true })
  const published = await krait(['publish', path.join(channel, file), '--to', path.join(project.root, 'pub')])
  expect(published.stderr).toContain('index/dirty-package')
  expect(fs.existsSync(path.join(project.root, 'out/dirty'))).toBe(false)
})

test('--dirty-explain --json has a fixed shape and names what was modified by hand', async () => {
  const project = await makeProject()
  await build(project)
  write(path.join(path.dirname(hostPrefixOf(project)), 'work/a.txt'), 'by hand\n')
  const look = await krait([...flagsOf(project, 'out'), '--dirty-explain', '--json'], { env: project.env })
  const [one, ...rest] = JSON.parse(look.stdout) as Record<string, unknown>[]
  expect(rest).toEqual([])
  expect(one).toEqual({
    output: expect.stringMatching(/^demo-1-/),
    directory: path.dirname(hostPrefixOf(project)),
    layers: expect.any(Array),
    modified: ['a.txt'],
  })
  expect(one?.layers).toContainEqual({
    layer: 'script',
    action: 'run',
    reason: 'a.txt changed in the work directory',
    changes: ['a.txt'],
  })
  const text = await krait([...flagsOf(project, 'out'), '--dirty-explain'], { env: project.env })
  expect(text.stdout).toContain('1 file modified in work')
})

test('several recipes of a directory are built dirty, two at a time, and nothing runs again the second time', async () => {
  const root = tempDirectory()
  for (const name of ['one', 'two', 'three']) {
    const host = name === 'three' ? ['one', 'two'] : []
    const script = ['mkdir -p $PREFIX/share', `echo ${name} > $PREFIX/share/${name}`]
    const recipe = { package: { name, version: '1' }, requirements: { host }, build: { script } }
    write(path.join(root, 'recipes', name, 'recipe.yaml'), JSON.stringify(recipe))
  }
  const call = ['build', '--recipe-dir', path.join(root, 'recipes'), '--output-dir', path.join(root, 'out')]
  const env = { KRAIT_CACHE_DIR: path.join(root, 'cache') }
  const first = await krait([...call, '--dirty', '-j', '2'], { env })
  expect({ code: first.code, stderr: first.stderr }).toEqual({
    code: 0,
    stderr: expect.stringContaining('3 packages in'),
  })
  const second = await krait([...call, '--dirty', '-j', '2'], { env })
  expect(second.code).toBe(0)
  expect(second.stderr.match(/reuse script/g)).toHaveLength(3)
  expect(
    fs.readdirSync(path.join(root, 'out/dirty/linux-64')).filter((name) => name.endsWith('.conda')),
  ).toHaveLength(3)
})

test.each([
  { flags: ['--dirty-keep-prefix', '--dirty-publish'], says: "cannot be used with '--dirty-publish'" },
  { flags: ['--dirty-publish', '--on-failure', 'clean'], says: "'--on-failure clean'" },
  { flags: ['--dirty-keep-prefix', '--resume'], says: "'--resume'" },
  { flags: ['--json'], says: '`--json` belongs to `--dirty-explain`' },
])('$flags together are refused', async ({ flags, says }) => {
  const { code, stderr } = await krait(['build', 'recipes/mustache', ...flags])
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(says) })
})
