import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { findPlatform } from '../../../src/conda/index.js'
import { updatePrefix } from '../../../src/stages/install-prefixes/index.js'
import type { ChannelRecord } from '../../../src/stages/solve-environments/index.js'
import { tempDirectory, testContext } from '../../support/system.js'
import { type PackageSpec, writePackage } from './packages.js'

function setUp() {
  const directory = tempDirectory()
  const prefix = path.join(directory, 'env')
  const { context, events } = testContext({ nowMs: 1_700_000_000_000 })
  const platform = findPlatform('linux-64')
  if (!platform) throw new Error('no platform')
  const update = (
    records: readonly ChannelRecord[],
    specs: readonly string[] = ['x'],
    relink: readonly string[] = [],
  ) =>
    updatePrefix(
      { path: prefix, platform, records, specs, command: 'krait env create', relink },
      { cacheDirectory: path.join(directory, 'cache') },
      context,
    )
  const add = (spec: PackageSpec) => writePackage(path.join(directory, 'channel'), spec, context)
  const read = (file: string) => readFileSync(path.join(prefix, file), 'utf8')
  const has = (file: string) => existsSync(path.join(prefix, file))
  return { directory, prefix, update, add, read, has, events }
}

function names(records: readonly { readonly name: string }[]): readonly string[] {
  return records.map(({ name }) => name)
}

test('only what differs is touched', async () => {
  const { add, update, read, has, prefix } = setUp()
  const stays = await add({ name: 'stays', files: { 'lib/s': 's' } })
  const old = await add({ name: 'moves', files: { 'lib/old/m': '1', 'lib/both': '1' } })
  const next = await add({ name: 'moves', version: '2.0', files: { 'lib/new/m': '2', 'lib/both': '2' } })
  await update([stays, old])
  const before = statSync(path.join(prefix, 'lib/s'), { bigint: true }).ctimeNs
  const result = await update([stays, next])
  expect([result.action, names(result.kept), names(result.removed), names(result.added)]).toEqual([
    'updated',
    ['stays'],
    ['moves'],
    ['moves'],
  ])
  expect([read('lib/both'), read('lib/new/m'), has('lib/old')]).toEqual(['2', '2', false])
  expect(statSync(path.join(prefix, 'lib/s'), { bigint: true }).ctimeNs).toBe(before)
  expect(readdirSync(path.join(prefix, 'conda-meta')).sort()).toEqual([
    '.state.json',
    'history',
    'moves-2.0-0.json',
    'stays-1.0-0.json',
  ])
})

test('a package that was rebuilt under the same name replaces the former one', async () => {
  const { add, update, read } = setUp()
  await update([await add({ name: 'a', files: { x: 'old' } })])
  const { action } = await update([await add({ name: 'a', files: { x: 'new' } })])
  expect([action, read('x')]).toEqual(['updated', 'new'])
})

test('noarch python packages move with python, and their compiled modules do not stay behind', async () => {
  const { add, update, read, has, prefix } = setUp()
  const python = (version: string) =>
    add({ name: 'python', version, files: { [`bin/python${version.slice(0, 4)}`]: 'p' } })
  const tool = await add({
    name: 'tool',
    subdir: 'noarch',
    index: { noarch: 'python' },
    files: { 'site-packages/tool/m.py': 'm' },
    entryPoints: ['tool = tool.m:main'],
  })
  await update([await python('3.11.4'), tool])
  const cache = path.join(prefix, 'lib/python3.11/site-packages/tool/__pycache__')
  mkdirSync(cache)
  writeFileSync(path.join(cache, 'm.cpython-311.pyc'), 'compiled')
  const { relinked } = await update([await python('3.12.1'), tool])
  expect(names(relinked)).toEqual(['tool'])
  expect(has('lib/python3.11')).toBe(false)
  expect(read('lib/python3.12/site-packages/tool/m.py')).toBe('m')
  expect(read('bin/tool')).toContain(`#!${prefix}/bin/python3.12\n`)
  expect((await update([await python('3.12.9'), tool])).relinked).toEqual([])
})

test('a path that two packages want ends as in a new prefix, whoever comes or goes', async () => {
  const { add, update, read, has } = setUp()
  const first = await add({ name: 'first', files: { 'etc/x': 'one' } })
  const second = await add({ name: 'second', files: { 'etc/x': 'two' } })
  await update([second])
  const joined = await update([first, second])
  expect(names(joined.relinked)).toEqual(['second'])
  expect([read('etc/x'), read('__clobbers__/second/etc/x')]).toEqual(['one', 'two'])
  await update([second])
  expect([read('etc/x'), has('__clobbers__')]).toEqual(['two', false])
})

test('pre-unlink scripts run before their package goes', async () => {
  const { add, update, read } = setUp()
  const script = { text: 'echo "$PKG_NAME $PKG_VERSION" > "$PREFIX/said"\n', executable: true }
  await update([await add({ name: 'a', files: { 'bin/.a-pre-unlink.sh': script } })])
  await update([])
  expect(read('said')).toBe('a 1.0\n')
})

test('what a post-link script wants to say is shown', async () => {
  const { add, update, events, has } = setUp()
  const script = { text: 'echo "run a-setup once" > "$PREFIX/.messages.txt"\n', executable: true }
  await update([await add({ name: 'a', files: { 'bin/.a-post-link.sh': script } })])
  expect(events).toContainEqual({ type: 'note', text: 'a: run a-setup once' })
  expect(has('.messages.txt')).toBe(false)
})

test('an update that broke off is repaired, and files of nobody stay', async () => {
  const { add, update, read, has, prefix } = setUp()
  const a = await add({ name: 'a', files: { 'lib/a': 'a' } })
  await update([a])
  writeFileSync(path.join(prefix, 'lib/mine'), 'mine')
  writeFileSync(path.join(prefix, 'lib/half'), 'of a package that was coming')
  writeFileSync(path.join(prefix, 'lib/a'), '')
  const state = { state: 'updating', paths: ['lib/half', 'lib/a'] }
  writeFileSync(path.join(prefix, 'conda-meta/.state.json'), JSON.stringify(state))
  const { action, relinked } = await update([a])
  expect([action, names(relinked)]).toEqual(['updated', ['a']])
  expect([has('lib/half'), read('lib/mine')]).toEqual([false, 'mine'])
  expect(JSON.parse(read('conda-meta/.state.json'))).toMatchObject({ state: 'ready' })
})

test('a prefix of another tool is taken over', async () => {
  const { add, update, has, prefix } = setUp()
  mkdirSync(path.join(prefix, 'conda-meta'), { recursive: true })
  mkdirSync(path.join(prefix, 'lib'))
  writeFileSync(path.join(prefix, 'lib/old'), 'old')
  writeFileSync(path.join(prefix, 'conda-meta/history'), '==> then <==\n')
  const record = { name: 'old', version: '1', build: '0', files: ['lib/old'] }
  writeFileSync(path.join(prefix, 'conda-meta/old-1-0.json'), JSON.stringify(record))
  const { removed } = await update([await add({ name: 'a', files: { 'lib/a': 'a' } })])
  expect(names(removed)).toEqual(['old'])
  expect([has('lib/old'), has('lib/a')]).toEqual([false, true])
})

test('changes that another tool made are noticed', async () => {
  const { add, update, prefix } = setUp()
  const a = await add({ name: 'a', files: { 'lib/a': 'a' } })
  await update([a])
  expect((await update([a])).action).toBe('reused')
  const record = { name: 'other', version: '1', build: '0', files: [] }
  writeFileSync(path.join(prefix, 'conda-meta/other-1-0.json'), JSON.stringify(record))
  expect(names((await update([a])).removed)).toEqual(['other'])
})

test.each(['../outside', '/etc/passwd', 'a/../../outside'])(
  'a record that lists `%s` is refused before anything is removed',
  async (file) => {
    const { add, update, prefix } = setUp()
    await update([await add({ name: 'a', files: { 'lib/a': 'a' } })])
    const record = { name: 'evil', version: '1', build: '0', files: [file] }
    writeFileSync(path.join(prefix, 'conda-meta/evil-1-0.json'), JSON.stringify(record))
    await expect(update([])).rejects.toMatchObject({ code: 'install/malformed-record' })
    expect(existsSync(path.join(prefix, 'lib/a'))).toBe(true)
  },
)

test('nothing is removed through a link that leads out of the prefix', async () => {
  const { update, prefix, directory } = setUp()
  await update([])
  mkdirSync(path.join(directory, 'outside'))
  writeFileSync(path.join(directory, 'outside/file'), 'x')
  symlinkSync(path.join(directory, 'outside'), path.join(prefix, 'lib'))
  const record = { name: 'evil', version: '1', build: '0', files: ['lib/file'] }
  writeFileSync(path.join(prefix, 'conda-meta/evil-1-0.json'), JSON.stringify(record))
  await expect(update([])).rejects.toMatchObject({ code: 'install/malformed-record' })
  expect(existsSync(path.join(directory, 'outside/file'))).toBe(true)
})

test('a package that lists a file below one of its links is refused', async () => {
  const { add, update } = setUp()
  const info = { 'paths.json': JSON.stringify({ paths: [{ _path: 'lib/passwd', path_type: 'hardlink' }] }) }
  const evil = await add({ name: 'evil', files: { lib: { link: '/etc' } }, info })
  await expect(update([evil])).rejects.toMatchObject({ code: 'install/malformed-package' })
})

test('a file that gets the prefix has the time of its package', async () => {
  const { add, update, prefix } = setUp()
  const files = { 'lib/x': { text: '/placeholder/lib', placeholder: '/placeholder' } }
  await update([await add({ name: 'a', files })])
  expect(statSync(path.join(prefix, 'lib/x')).mtimeMs).toBe(1_700_000_000_000)
})

test('a package that is named is linked again, although nothing differs', async () => {
  const { add, update, read, prefix } = setUp()
  const whole = await add({ name: 'whole', files: { 'lib/w': 'w' } })
  const damaged = await add({ name: 'damaged', files: { 'lib/d': 'd', 'lib/e': 'e' } })
  await update([whole, damaged])
  writeFileSync(path.join(prefix, 'own'), 'mine')
  unlinkSync(path.join(prefix, 'lib/d'))
  const result = await update([whole, damaged], ['x'], ['damaged'])
  expect([result.action, names(result.kept), names(result.relinked)]).toEqual([
    'updated',
    ['whole'],
    ['damaged'],
  ])
  expect([read('lib/d'), read('lib/e'), read('own')]).toEqual(['d', 'e', 'mine'])
})
