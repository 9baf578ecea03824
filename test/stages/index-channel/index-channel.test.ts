import { execFileSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { decompressZstd } from '../../../src/archive/index.js'
import type { PackageRecord } from '../../../src/conda/index.js'
import { BuildError } from '../../../src/errors/index.js'
import {
  addPackages,
  checkChannel,
  type IndexOptions,
  indexChannel,
  listPackages,
  movePackages,
  removePackages,
  retirePackage,
} from '../../../src/stages/index-channel/index.js'
import type { StageContext } from '../../../src/system/index.js'
import { tempDirectory, testContext } from '../../support/system.js'
import { type PackageSpec, writePackage } from '../install-prefixes/packages.js'

function setUp() {
  const channel = tempDirectory()
  const { context, events } = testContext()
  const repodataPath = (subdir: string) => path.join(channel, subdir, 'repodata.json')
  return {
    channel,
    context,
    events,
    add: (spec: PackageSpec) => writePackage(channel, spec, context),
    index: (options: IndexOptions = {}) => indexChannel(channel, options, context),
    text: (subdir: string) => readFileSync(repodataPath(subdir), 'utf8'),
    repodata: (subdir: string) => JSON.parse(readFileSync(repodataPath(subdir), 'utf8')),
    repodataPath,
  }
}

/** An index.json of `bad` with one more member. */
const indexText = (member: string) =>
  `{"name":"bad","version":"1.0","build":"0","build_number":0,"depends":[],"subdir":"linux-64",${member}}`

const packed = (repodata: Record<string, object>) => Object.keys(repodata['packages.conda'] ?? {})

describe('an index', () => {
  test('lists the packages of both formats with their checksums and run exports', async () => {
    const { add, index, repodata, text } = setUp()
    const runExports = { weak: ['b >=1.0'] }
    const index_ = { license: 'MIT', constrains: [], track_features: '', arch: 'x86_64', platform: 'linux' }
    const a = await add({ name: 'a', index: index_ })
    const b = await add({ name: 'b', format: 'tar.bz2', runExports, index: { depends: ['a'] } })
    const result = await index()
    expect(result.subdirs).toMatchObject([
      { subdir: 'noarch', records: 0, isChanged: true },
      { subdir: 'linux-64', records: 2, isChanged: true, quarantined: [] },
    ])
    const { packages, 'packages.conda': conda, info, ...rest } = repodata('linux-64')
    expect(rest).toEqual({ repodata_version: 2 })
    expect(info).toEqual({
      subdir: 'linux-64',
      repodata_revisions: { v0: { n_packages: 2, oldest: 1_700_000_000_000, newest: 1_700_000_000_000 } },
    })
    const common = {
      build: '0',
      build_number: 0,
      subdir: 'linux-64',
      timestamp: 1_700_000_000_000,
      version: '1.0',
    }
    const { sha256, md5, size } = a
    expect(conda).toEqual({
      [a.fn]: {
        ...common,
        name: 'a',
        arch: 'x86_64',
        platform: 'linux',
        license: 'MIT',
        depends: [],
        sha256,
        md5,
        size,
      },
    })
    expect(packages[b.fn]).toMatchObject({
      ...common,
      arch: null,
      depends: ['a'],
      run_exports: runExports,
      sha256: b.sha256,
    })
    const keys = Object.keys(packages[b.fn])
    expect(keys).toEqual([...keys].sort())
    expect(Object.keys(JSON.parse(text('linux-64')))).toEqual([
      'info',
      'packages',
      'packages.conda',
      'repodata_version',
    ])
    expect(text('noarch')).toBe(
      '{"info":{"subdir":"noarch"},"packages":{},"packages.conda":{},"repodata_version":2}',
    )
  })

  test('says the subdir of packages that do not say it themselves', async () => {
    const { add, index, repodata } = setUp()
    const text = '{"name":"old","version":"1.0","build":"0","build_number":0,"depends":[]}'
    const { fn } = await add({ name: 'old', info: { 'index.json': text } })
    await index()
    expect(repodata('linux-64')['packages.conda'][fn].subdir).toBe('linux-64')
  })

  test('puts packages of revision 3 into their own section, keyed without extension', async () => {
    const { add, index, repodata } = setUp()
    await add({ name: 'a', index: { repodata_revision: 3, flags: ['cuda'] } })
    await add({ name: 'b', format: 'tar.bz2', index: { repodata_revision: 3 } })
    await index()
    const { v3, info, packages, 'packages.conda': conda } = repodata('linux-64')
    expect([packages, conda]).toEqual([{}, {}])
    expect(v3).toMatchObject({
      'tar.bz2': { 'b-1.0-0': { name: 'b' } },
      conda: { 'a-1.0-0': { flags: ['cuda'] } },
    })
    expect(JSON.stringify(v3)).not.toContain('repodata_revision')
    expect(info.repodata_revisions).toMatchObject({ v3: { n_packages: 2 } })
  })

  test('is made for noarch and the wanted platform even without packages, and for no other directory', async () => {
    const { channel, index } = setUp()
    mkdirSync(path.join(channel, 'bld'))
    await index({ subdirs: ['linux-64'] })
    expect(readdirSync(channel).sort()).toEqual(['bld', 'linux-64', 'noarch'])
    await expect(index({ subdirs: ['../x'] })).rejects.toMatchObject({ code: 'index/unknown-subdir' })
  })

  test('is written only when it changes', async () => {
    const { add, index, repodataPath } = setUp()
    await add({ name: 'a' })
    await index()
    const before = statSync(repodataPath('linux-64'), { bigint: true })
    expect((await index()).subdirs.map(({ isChanged }) => isChanged)).toEqual([false, false])
    const after = statSync(repodataPath('linux-64'), { bigint: true })
    expect([after.mtimeNs, after.ino]).toEqual([before.mtimeNs, before.ino])
  })

  test('follows files that are replaced under the same name, and files that go away', async () => {
    const { add, index, repodata, channel } = setUp()
    const before = await add({ name: 'a', files: { x: 'old' } })
    await index()
    const after = await add({ name: 'a', files: { x: 'new' } })
    await index()
    expect(repodata('linux-64')['packages.conda'][after.fn].sha256).toBe(after.sha256)
    expect(after.sha256).not.toBe(before.sha256)
    rmSync(path.join(channel, 'linux-64', after.fn))
    await index()
    expect(packed(repodata('linux-64'))).toEqual([])
  })

  test('takes known records without opening the file, unless the size says it is another one', async () => {
    const { add, index, repodata, channel } = setUp()
    const { fn, url: _url, channel: _channel, ...fields } = await add({ name: 'a' })
    const known: PackageRecord = { ...fields, license: 'known' }
    await index({ known: [{ fn, record: known }] })
    expect(repodata('linux-64')['packages.conda'][fn].license).toBe('known')
    await index({ known: [{ fn, record: { ...known, size: 1 } }], force: true })
    expect(repodata('linux-64')['packages.conda'][fn].license).toBeUndefined()
    expect(existsSync(path.join(channel, 'linux-64', '.cache', 'files'))).toBe(true)
  })

  test('has a compressed twin on request, which then stays up to date', async () => {
    const { add, index, text, repodataPath, context } = setUp()
    await add({ name: 'a' })
    await index({ complete: true })
    await add({ name: 'b' })
    await index()
    const compressed = readFileSync(`${repodataPath('linux-64')}.zst`)
    expect((await decompressZstd(compressed, context.system)).toString()).toBe(text('linux-64'))
    expect(text('linux-64')).toContain('"b-1.0-0.conda"')
  })

  test.each<[string, string, IndexOptions]>([
    ['that a writer made who was killed before he wrote the other one', 'other', {}],
    ['that cannot be read', 'damaged', { force: true }],
  ])('has a compressed twin that is made again instead of one %s', async (_title, text, options) => {
    const { add, index, repodataPath, context } = setUp()
    await add({ name: 'a' })
    await index({ complete: true })
    const compressed = `${repodataPath('linux-64')}.zst`
    const content = readFileSync(compressed)
    writeFileSync(compressed, text)
    await index(options)
    expect(readFileSync(compressed)).toEqual(content)
    expect((await checkChannel(path.dirname(path.dirname(compressed)), context)).problems).toEqual([])
  })

  test('has a channeldata.json that force makes again, even when it looks untouched', async () => {
    const { add, index, channel } = setUp()
    await add({ name: 'a' })
    await index({ complete: true })
    const file = path.join(channel, 'channeldata.json')
    const [content, { atime, mtime }] = [readFileSync(file, 'utf8'), statSync(file)]
    // Whole seconds, because a test cannot set others exactly.
    const seconds = Math.floor(mtime.getTime() / 1000)
    utimesSync(file, atime, seconds)
    await index({ force: true, complete: true })
    writeFileSync(file, content.replace('"version":"1.0"', '"version":"6.6"'))
    utimesSync(file, atime, seconds)
    await index({ complete: true, force: true })
    expect(readFileSync(file, 'utf8')).toBe(content)
  })

  test('says of a directory that got the name of another platform that its packages are in the wrong place', async () => {
    const { add, index, channel, repodata } = setUp()
    const { fn } = await add({ name: 'a' })
    await index({ complete: true })
    renameSync(path.join(channel, 'linux-64'), path.join(channel, 'osx-64'))
    const { subdirs } = await index({ complete: true })
    expect(subdirs[1]?.quarantined).toEqual([{ fn, reason: 'it is a package for `linux-64`' }])
    expect(repodata('osx-64')['packages.conda']).toEqual({})
  })

  test.each<[string, IndexOptions, object | undefined]>([
    ['when the lock of one is there', {}, { pid: 2 ** 22 + 1, host: os.hostname(), token: 't', takenMs: 1 }],
    ['by force', { force: true }, undefined],
  ])(
    'removes what killed writers left behind %s, and nothing that a build may be writing',
    async (_title, options, holder) => {
      const { add, index, channel } = setUp()
      await add({ name: 'a' })
      await index({ complete: true })
      const left = [
        '.channeldata.json.1.2.tmp',
        'linux-64/.repodata.json.1.2.tmp',
        'linux-64/.repodata.json.zst.1.2.tmp',
        'linux-64/.repodata_shards.msgpack.zst.1.2.tmp',
        'linux-64/.b-1.0-0.conda.1.add.tmp',
        'linux-64/.cache/.files.1.2.tmp',
        'linux-64/shards/.00.msgpack.zst.1.2.tmp',
      ]
      const building = 'linux-64/.b-1.0-0.conda.1.2.tmp'
      for (const file of [...left, building]) writeFileSync(path.join(channel, file), '')
      if (holder) writeFileSync(path.join(channel, '.index.lock'), JSON.stringify(holder))
      await index(options)
      expect([...left, building].filter((file) => existsSync(path.join(channel, file)))).toEqual([building])
    },
  )

  test('is the same whoever writes first, when several do at once', async () => {
    const { add, channel, repodata } = setUp()
    await Promise.all(['a', 'b', 'c'].map((name) => add({ name })))
    await Promise.all([1, 2, 3].map(() => indexChannel(channel, {}, testContext().context)))
    expect(packed(repodata('linux-64'))).toEqual(['a-1.0-0.conda', 'b-1.0-0.conda', 'c-1.0-0.conda'])
    expect(readdirSync(channel).sort()).toEqual(['linux-64', 'noarch'])
    expect(readdirSync(path.join(channel, 'linux-64')).filter((name) => name.includes('tmp'))).toEqual([])
  })
})

describe('a file that cannot be used', () => {
  test.each<[string, (setup: ReturnType<typeof setUp>) => Promise<void>, string, string]>([
    [
      'is not an archive',
      async ({ channel }) => {
        mkdirSync(path.join(channel, 'linux-64'), { recursive: true })
        writeFileSync(path.join(channel, 'linux-64', 'bad-1-0.conda'), 'junk')
      },
      'bad-1-0.conda',
      'is not an archive',
    ],
    [
      'is named like another package',
      async ({ add, channel, context }) => {
        const { fn } = await add({ name: 'bad' })
        await context.system.fs.rename(
          path.join(channel, 'linux-64', fn),
          path.join(channel, 'linux-64', 'other-1.0-0.conda'),
        )
      },
      'other-1.0-0.conda',
      'it contains the package `bad-1.0-0`',
    ],
    [
      'has the name of the other format',
      async ({ add, channel, context }) => {
        const { fn } = await add({ name: 'bad' })
        const directory = path.join(channel, 'linux-64')
        await context.system.fs.rename(path.join(directory, fn), path.join(directory, 'bad-1.0-0.tar.bz2'))
      },
      'bad-1.0-0.tar.bz2',
      'it is a `.conda` file, and clients go by the name',
    ],
    [
      'lies in the directory of another platform',
      async ({ add, channel, context }) => {
        const { fn } = await add({ name: 'bad', subdir: 'osx-64' })
        await context.system.fs.makeDirectory(path.join(channel, 'linux-64'))
        await context.system.fs.rename(path.join(channel, 'osx-64', fn), path.join(channel, 'linux-64', fn))
      },
      'bad-1.0-0.conda',
      'it is a package for `osx-64`',
    ],
    [
      'has no index.json',
      async ({ add }) => void (await add({ name: 'bad', info: { 'index.json': undefined } })),
      'bad-1.0-0.conda',
      'it has no `info/index.json`',
    ],
    [
      'has an index.json that is no object',
      async ({ add }) => void (await add({ name: 'bad', info: { 'index.json': '[]' } })),
      'bad-1.0-0.conda',
      'is not a JSON object',
    ],
    [
      'has no name',
      async ({ add }) => void (await add({ name: 'bad', info: { 'index.json': '{}' } })),
      'bad-1.0-0.conda',
      'lacks name, version or build',
    ],
    [
      'has no build number',
      async ({ add }) => void (await add({ name: 'bad', index: { build_number: '1' } })),
      'bad-1.0-0.conda',
      'has no build number',
    ],
    [
      'has odd dependencies',
      async ({ add }) => void (await add({ name: 'bad', index: { depends: [1] } })),
      'bad-1.0-0.conda',
      'is not a list of texts',
    ],
    [
      'has a malformed version',
      async ({ add }) => void (await add({ name: 'bad', version: '1..0' })),
      'bad-1..0-0.conda',
      'malformed version string',
    ],
    ...(
      [
        ['text that no other encoding can hold', { license: '\ud800' }, 'has text that is not Unicode'],
        ['a key like that', { x: { '\udfff': 1 } }, 'has text that is not Unicode'],
        ['a list of licenses', { license: ['MIT'] }, 'has another `license` than a text'],
        ['a timestamp that is a text', { timestamp: '2020' }, 'has another `timestamp` than a whole number'],
        ['a timestamp of no year', { timestamp: 1e300 }, 'has another `timestamp` than a whole number'],
        ['a text as constraints', { constrains: 'a' }, 'has another `constrains` than a list of texts'],
        [
          'a negative build number',
          { build_number: -1 },
          'has another `build_number` than a whole number from 0',
        ],
        ['an odd noarch', { noarch: 'rust' }, 'has another `noarch` than `python` or `generic`'],
        [
          'a later revision',
          { repodata_revision: 4 },
          'has another `repodata_revision` than those that krait knows',
        ],
        [
          'a member that means something else',
          { x: JSON.parse('{"__proto__":1}') },
          'has a member `__proto__`',
        ],
      ] as const
    ).map(
      ([what, fields, reason]): [
        string,
        (setup: ReturnType<typeof setUp>) => Promise<void>,
        string,
        string,
      ] => [
        `has ${what}`,
        async ({ add }) => void (await add({ name: 'bad', index: fields })),
        'bad-1.0-0.conda',
        reason,
      ],
    ),
    [
      'has a name that programs confuse with something else',
      async ({ add }) => void (await add({ name: '__proto__' })),
      '__proto__-1.0-0.conda',
      'has the name `__proto__`',
    ],
    [
      'has numbers that JSON can spell only',
      async ({ add }) => void (await add({ name: 'bad', info: { 'index.json': indexText('"x":1e999') } })),
      'bad-1.0-0.conda',
      'has a number that is too large',
    ],
    [
      'is nested deeper than clients read',
      async ({ add }) => {
        const deep = `"x":${'['.repeat(100_000)}${']'.repeat(100_000)}`
        await add({ name: 'bad', info: { 'index.json': indexText(deep) } })
      },
      'bad-1.0-0.conda',
      '`info/index.json` is nested deeper than 100 levels',
    ],
    [
      'has odd run exports',
      async ({ add }) => void (await add({ name: 'bad', info: { 'run_exports.json': '{"weak":"b"}' } })),
      'bad-1.0-0.conda',
      '`info/run_exports.json` has another `weak` than a list of texts',
    ],
  ])('because it %s is left out with a warning, and the others stay', async (_title, make, fn, reason) => {
    const setup = setUp()
    await setup.add({ name: 'good' })
    await make(setup)
    const { subdirs } = await setup.index()
    const linux = subdirs.find(({ subdir }) => subdir === 'linux-64')
    expect(linux).toMatchObject({
      records: 1,
      quarantined: [{ fn, reason: expect.stringContaining(reason) }],
    })
    expect(packed(setup.repodata('linux-64'))).toEqual(['good-1.0-0.conda'])
    const message = expect.stringContaining(`\`linux-64/${fn}\` is left out of the index`)
    expect(setup.events).toContainEqual(
      expect.objectContaining({ type: 'warning', code: 'index/unusable-package', message }),
    )
  })

  test('is reported again the next time, and taken in once it is repaired', async () => {
    const { add, index, channel, repodata } = setUp()
    mkdirSync(path.join(channel, 'linux-64'))
    writeFileSync(path.join(channel, 'linux-64', 'a-1.0-0.conda'), 'junk')
    await index()
    expect((await index()).subdirs[1]?.quarantined).toHaveLength(1)
    await add({ name: 'a' })
    expect((await index()).subdirs[1]?.quarantined).toEqual([])
    expect(packed(repodata('linux-64'))).toEqual(['a-1.0-0.conda'])
  })
})

describe('an index that is there already', () => {
  test.each(['{"info"', '3'])('and damaged (%s) is written anew with a warning', async (text) => {
    const { add, index, repodata, repodataPath, events } = setUp()
    await add({ name: 'a' })
    writeFileSync(repodataPath('linux-64'), text)
    await index()
    expect(packed(repodata('linux-64'))).toEqual(['a-1.0-0.conda'])
    const message = expect.stringContaining('Failed to parse linux-64/repodata.json')
    expect(events).toContainEqual(expect.objectContaining({ type: 'warning', message }))
  })

  test.each([
    '{"v4":{}}',
    '{"info":{"subdir":"linux-64"},"packages":{},"packages.conda":{},"v3":{},"v10":{},"repodata_version":2}',
    '{"info":{},"v4":{},"packages":{},"packages.conda":{},"repodata_version":2}',
  ])('with records of a later revision is refused and left alone in all its forms: %s', async (newer) => {
    const { add, index, channel, repodataPath } = setUp()
    await add({ name: 'a' })
    await index({ complete: true })
    await add({ name: 'b' })
    writeFileSync(repodataPath('linux-64'), newer)
    const files = [
      'linux-64/repodata.json',
      'linux-64/repodata.json.zst',
      'linux-64/run_exports.json',
      'linux-64/repodata_shards.msgpack.zst',
      'channeldata.json',
    ]
    const read = () => files.map((file) => readFileSync(path.join(channel, file), 'latin1'))
    const before = read()
    await expect(index()).rejects.toMatchObject({ code: 'index/newer-repodata' })
    expect(read()).toEqual(before)
  })

  test.each<[string, (text: string) => string]>([
    ['cut', (text) => text.slice(0, -20)],
    ['without its end', (text) => text.slice(0, text.lastIndexOf('end '))],
    ['partly zeros', (text) => text.replace(/"license":"[^"]*"/, (found) => '\0'.repeat(found.length))],
    ['as long as before, but broken', (text) => text.replace('{"first"', '["first"')],
    ['of another version', (text) => text.replace(/^krait files \d+/, 'krait files 1')],
    ['no text of krait', () => '{"version":1,"entries":7}'],
    ['empty', () => ''],
  ])('loses nothing when its private cache is %s', async (_title, damage) => {
    const { add, index, channel, repodata } = setUp()
    const { fn, sha256 } = await add({ name: 'a', index: { license: 'MIT' } })
    await index()
    const file = path.join(channel, 'linux-64', '.cache', 'files')
    writeFileSync(file, damage(readFileSync(file, 'utf8')))
    await index()
    expect(repodata('linux-64')['packages.conda'][fn]).toMatchObject({ sha256, license: 'MIT' })
  })
})

describe('the sharded index', () => {
  const shardsOf = (channel: string) => readdirSync(path.join(channel, 'linux-64', 'shards')).sort()

  test('keeps the shards that did not change, and those that clients may still know', async () => {
    const { add, index, channel } = setUp()
    await add({ name: 'a' })
    await add({ name: 'b' })
    await index({ complete: true })
    const before = shardsOf(channel)
    await add({ name: 'b', files: { x: 'other' } })
    await index({ complete: true })
    expect(shardsOf(channel)).toEqual(expect.arrayContaining(before))
    expect(shardsOf(channel)).toHaveLength(3)
  })

  test.each<[string, (channel: string) => void]>([
    ['a week after the index stopped to name them', () => {}],
    [
      'even when nobody remembers since when',
      (channel) => rmSync(path.join(channel, 'linux-64', '.cache'), { recursive: true }),
    ],
  ])('forgets shards %s', async (_title, damage) => {
    const { add, channel } = setUp()
    const indexAfter = (days: number) => {
      const { context } = testContext({ nowMs: Date.UTC(2026, 0, 1 + days) })
      return indexChannel(channel, { complete: true }, context)
    }
    await add({ name: 'a', files: { x: '1' } })
    await indexAfter(0)
    await add({ name: 'a', files: { x: '2' } })
    damage(channel)
    await indexAfter(0)
    expect(shardsOf(channel)).toHaveLength(2)
    await add({ name: 'b' })
    await indexAfter(6)
    expect(shardsOf(channel)).toHaveLength(3)
    await add({ name: 'c' })
    await indexAfter(8)
    expect(shardsOf(channel)).toHaveLength(3)
  })

  test('gets back a shard that somebody removed', async () => {
    const { add, index, channel, context } = setUp()
    await add({ name: 'a' })
    await add({ name: 'b' })
    await index({ complete: true })
    const before = shardsOf(channel)
    rmSync(path.join(channel, 'linux-64', 'shards', before[0] ?? ''))
    expect((await checkChannel(channel, context)).problems).toHaveLength(1)
    await index()
    expect(shardsOf(channel)).toEqual(before)
    expect((await checkChannel(channel, context)).problems).toEqual([])
  })

  test('is mended by force when a shard has another content than its name says', async () => {
    const { add, index, channel, context } = setUp()
    await add({ name: 'a' })
    await index({ complete: true })
    const [shard = ''] = shardsOf(channel)
    const file = path.join(channel, 'linux-64', 'shards', shard)
    const content = readFileSync(file)
    writeFileSync(file, 'other')
    const { problems } = await checkChannel(channel, context)
    expect(problems).toEqual([
      { subdir: 'linux-64', problem: `its shard \`${shard}\` has another content than its name says` },
    ])
    await index({ force: true })
    expect(readFileSync(file)).toEqual(content)
    expect((await checkChannel(channel, context)).problems).toEqual([])
  })
})

describe('a check of a channel', () => {
  test.each<[string, string, (json: string) => string, string]>([
    [
      'another package in run_exports.json',
      'linux-64/run_exports.json',
      (json) => json.replace('a-1.0-0.conda', 'x-1.0-0.conda'),
      'its run_exports.json lists other packages than its repodata.json',
    ],
    [
      'other run exports in run_exports.json',
      'linux-64/run_exports.json',
      (json) => json.replace('b >=1.0', 'b >=2.0'),
      'its run_exports.json says something else about `a-1.0-0.conda` than its repodata.json',
    ],
    [
      'a run_exports.json that is none',
      'linux-64/run_exports.json',
      () => '{',
      'its run_exports.json lists other packages than its repodata.json',
    ],
    [
      'a package name that channeldata.json lacks',
      'channeldata.json',
      () => '{"packages":{}}',
      'channeldata.json names other packages for it than its repodata.json',
    ],
    [
      'a package name that channeldata.json still has',
      'channeldata.json',
      (json) => json.replace('"a":{', '"x":{"subdirs":["linux-64"]},"a":{'),
      'channeldata.json names other packages for it than its repodata.json',
    ],
  ])('finds %s', async (_title, file, change, problem) => {
    const { add, index, channel, context } = setUp()
    await add({ name: 'a', runExports: { weak: ['b >=1.0'] } })
    await index({ complete: true })
    const changed = path.join(channel, file)
    writeFileSync(changed, change(readFileSync(changed, 'utf8')))
    expect((await checkChannel(channel, context)).problems).toEqual([{ subdir: 'linux-64', problem }])
    await index({ complete: true })
    expect((await checkChannel(channel, context)).problems).toEqual([])
  })

  test('does not wait for what is no file', async () => {
    const { add, index, channel, context } = setUp()
    await add({ name: 'a' })
    await index()
    execFileSync('mkfifo', [path.join(channel, 'linux-64', 'b-1.0-0.conda')])
    const { packages, problems } = await checkChannel(channel, context)
    expect([packages, problems]).toEqual([
      1,
      [{ subdir: 'linux-64', fn: 'b-1.0-0.conda', problem: 'it is not a file' }],
    ])
  })

  test('needs no right to write there', async () => {
    const { add, index, channel, context } = setUp()
    await add({ name: 'a' })
    await index()
    const createExclusive = (file: string) =>
      Promise.reject(new BuildError(`cannot create ${file}`, { code: 'system/permission' }))
    const system = { ...context.system, fs: { ...context.system.fs, createExclusive } }
    const { packages, problems } = await checkChannel(channel, { ...context, system })
    expect([packages, problems]).toEqual([1, []])
  })

  test('finds shards that say something else than repodata.json', async () => {
    const { add, index, channel, context, repodataPath } = setUp()
    const shardedIndex = path.join(channel, 'linux-64', 'repodata_shards.msgpack.zst')
    const { fn } = await add({ name: 'a', index: { license: 'MIT' } })
    await index({ complete: true })
    const former = readFileSync(shardedIndex)
    await add({ name: 'a', index: { license: 'BSD-3-Clause' } })
    await index({ complete: true })
    writeFileSync(shardedIndex, former)
    expect((await checkChannel(channel, context)).problems).toEqual([
      {
        subdir: 'linux-64',
        problem: `its shards say something else about \`${fn}\` than its repodata.json`,
      },
    ])
    rmSync(`${repodataPath('linux-64')}.zst`)
    await index({ complete: true })
    expect((await checkChannel(channel, context)).problems).toEqual([])
  })
})

describe('packages that are added or removed', () => {
  test('concern no package of the same name for another platform', async () => {
    const { add, index, channel, context, repodata } = setUp()
    await add({ name: 'a', subdir: 'noarch' })
    const { fn, ...record } = await add({ name: 'a' })
    await index()
    await removePackages(channel, [{ fn, record }], context)
    expect(packed(repodata('linux-64'))).toEqual([])
    expect(packed(repodata('noarch'))).toEqual([fn])
    expect((await checkChannel(channel, context)).problems).toEqual([])
  })

  test('move in opposite directions at once without waiting for each other forever', async () => {
    const [one, two] = [setUp(), setUp()]
    const a = await one.add({ name: 'a' })
    const b = await two.add({ name: 'b' })
    await Promise.all([one.index(), two.index()])
    const move = (from: typeof one, to: typeof one) => {
      const directory = path.join(from.channel, 'linux-64')
      const choose = () => listPackages({ directory, subdir: 'linux-64' }, from.context)
      return movePackages(choose, { from: from.channel, to: to.channel, existing: 'refuse' }, from.context)
    }
    const [first, second] = await Promise.all([move(one, two), move(two, one)])
    // Whoever comes second takes all that is there then.
    expect([first, second].map((moved) => moved.length).sort()).toEqual([1, 2])
    const listed = [one, two].flatMap(({ repodata }) => packed(repodata('linux-64')))
    expect(listed.sort()).toEqual([a.fn, b.fn])
    for (const { channel, context } of [one, two]) {
      expect((await checkChannel(channel, context)).problems).toEqual([])
    }
  })

  test('leave the index before their file goes, unless the channel has another one of the name', async () => {
    const { add, index, channel, context, repodata } = setUp()
    const { fn, ...record } = await add({ name: 'a' })
    await index()
    const file = path.join(channel, 'linux-64', fn)
    const seen: string[][] = []
    const rename: StageContext['system']['fs']['rename'] = (from, to) => {
      if (from === file) seen.push(packed(repodata('linux-64')))
      return context.system.fs.rename(from, to)
    }
    const system = { ...context.system, fs: { ...context.system.fs, rename } }
    const broken = path.join(channel, 'broken', fn)
    await retirePackage(channel, { fn, record, file }, broken, { ...context, system })
    expect([seen, existsSync(broken), existsSync(file)]).toEqual([[[]], true, false])

    await add({ name: 'a' })
    await index()
    await retirePackage(channel, { fn, record, file: broken }, path.join(channel, 'away'), context)
    expect(packed(repodata('linux-64'))).toEqual([fn])
  })

  test('are other files even when another disk has given them the same number', async () => {
    const { add, index, channel, context } = setUp()
    const { fn } = await add({ name: 'a', files: { x: 'old' } })
    await index()
    const before = readFileSync(path.join(channel, 'linux-64', fn))
    const elsewhere = tempDirectory()
    const { fn: _fn, ...record } = await writePackage(elsewhere, { name: 'a', files: { x: 'new' } }, context)
    const file = path.join(elsewhere, 'linux-64', fn)
    const lstat: StageContext['system']['fs']['lstat'] = async (at) => {
      const info = await context.system.fs.lstat(at)
      return info && { ...info, inode: '7', device: at === file ? '1' : '2' }
    }
    const system = { ...context.system, fs: { ...context.system.fs, lstat } }
    const options = { by: 'copy', existing: 'refuse' } as const
    const adding = addPackages(channel, [{ fn, record, file }], options, { ...context, system })
    await expect(adding).rejects.toMatchObject({ code: 'index/package-exists' })
    expect(readFileSync(path.join(channel, 'linux-64', fn))).toEqual(before)
  })
})

describe('channeldata.json', () => {
  test('follows changes of one package name and has one line for each', async () => {
    const { add, index, channel, context } = setUp()
    const text = () => readFileSync(path.join(channel, 'channeldata.json'), 'utf8')
    await add({ name: 'a', index: { license: 'MIT' } })
    await add({ name: 'a.b' })
    await add({
      name: 'a',
      subdir: 'noarch',
      version: '2.0',
      index: { license: 'BSD-3-Clause', noarch: 'generic' },
    })
    await index({ complete: true })
    const first = JSON.parse(text())
    expect(first).toMatchObject({ channeldata_version: 1, subdirs: ['linux-64', 'noarch'] })
    expect(Object.keys(first.packages)).toEqual(['a', 'a.b'])
    expect(first.packages.a).toMatchObject({
      license: 'BSD-3-Clause',
      version: '2.0',
      subdirs: ['linux-64', 'noarch'],
    })
    expect(text().split('\n').slice(1, -2)).toEqual([
      expect.stringMatching(/^"a":.*,$/),
      expect.stringMatching(/^"a.b":.*[^,]$/),
    ])
    await context.system.fs.remove(path.join(channel, 'noarch', 'a-2.0-0.conda'))
    await index({ complete: true })
    const second = JSON.parse(text())
    expect(second.packages.a).toMatchObject({ license: 'MIT', version: '1.0', subdirs: ['linux-64'] })
    expect(second.packages['a.b']).toEqual(first.packages['a.b'])
    rmSync(path.join(channel, 'channeldata.json'))
    await index({ complete: true })
    expect(JSON.parse(text())).toEqual(second)
  })

  test('does not depend on which subdir was indexed last', async () => {
    const { add, index, channel } = setUp()
    const file = path.join(channel, 'channeldata.json')
    const about = (summary: string) => ({ info: { 'about.json': JSON.stringify({ summary }) } })
    await add({ name: 'a', ...about('for Linux') })
    await index({ complete: true })
    await add({ name: 'a', subdir: 'osx-64', ...about('for macOS') })
    await index({ complete: true, subdirs: ['osx-64'] })
    expect(JSON.parse(readFileSync(file, 'utf8')).packages.a.summary).toBe('for Linux')
  })

  test('is made anew where somebody else changed it', async () => {
    const { add, index, channel } = setUp()
    const file = path.join(channel, 'channeldata.json')
    await add({ name: 'a', index: { license: 'MIT' } })
    await index({ complete: true })
    writeFileSync(file, readFileSync(file, 'utf8').replace('MIT', 'BSD'))
    await add({ name: 'b' })
    await index({ complete: true })
    expect(JSON.parse(readFileSync(file, 'utf8')).packages).toMatchObject({ a: { license: 'MIT' }, b: {} })
  })
})
