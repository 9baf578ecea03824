import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { type EnvironmentOptions, solve } from '../../../src/stages/solve-environments/index.js'
import { tempDirectory, testContext } from '../../support/system.js'
import { platform } from './plan.js'
import { type RecordFields, record, titles, writeChannel } from './records.js'

const linux = platform('linux-64')

async function solveIn(
  channels: readonly (readonly RecordFields[])[],
  specs: readonly string[],
  options: Partial<EnvironmentOptions> = {},
): Promise<string[]> {
  const directory = tempDirectory()
  const urls = channels.map((records, index) => writeChannel(path.join(directory, `c${index + 1}`), records))
  const { context } = testContext()
  return titles(await solve(specs, { channels: urls, platform: linux, ...options }, context))
}

const versions = (name: string, ...list: string[]): RecordFields[] =>
  list.map((version) => ({ name, version }))

describe('the choice among candidates', () => {
  test.each<[string, RecordFields[], string[], string[]]>([
    [
      'the newest version wins, epochs included',
      versions('a', '1!0.5', '1.10', '1.9', '2.0'),
      ['a'],
      ['a 1!0.5 0'],
    ],
    ['a pre-release is not special', versions('a', '1.10', '2.0rc1'), ['a'], ['a 2.0rc1 0']],
    [
      'an older version without track_features wins',
      [
        { name: 'a', version: '1' },
        { name: 'a', version: '2', track_features: 'x' },
      ],
      ['a'],
      ['a 1 0'],
    ],
    [
      'the highest build number wins',
      [
        { name: 'a', build: 'x', build_number: 1 },
        { name: 'a', build: 'y', build_number: 2 },
      ],
      ['a'],
      ['a 1 y'],
    ],
    [
      'newer dependencies beat a newer timestamp',
      [
        { name: 'a', build: 'py38', depends: ['p 3.8.*'], timestamp: 9_000_000_000_000 },
        { name: 'a', build: 'py39', depends: ['p 3.9.*'], timestamp: 1_000_000_000_000 },
        ...versions('p', '3.8.1', '3.9.1'),
      ],
      ['a'],
      ['p 3.9.1 0', 'a 1 py39'],
    ],
    [
      'the newer timestamp wins, seconds and milliseconds alike',
      [
        { name: 'a', build: 'old', timestamp: 1_600_000_000_000 },
        { name: 'a', build: 'new', timestamp: 1_700_000_000 },
      ],
      ['a'],
      ['a 1 new'],
    ],
    [
      'with all else equal the platform beats noarch',
      [
        { name: 'a', build: 'x', subdir: 'noarch' },
        { name: 'a', build: 'y' },
      ],
      ['a'],
      ['a 1 y'],
    ],
    [
      'a version whose dependencies cannot be had is passed over',
      [
        { name: 'a', version: '2', depends: ['nope'] },
        { name: 'a', version: '1' },
      ],
      ['a'],
      ['a 1 0'],
    ],
    [
      'constrains keep out what does not match, and ask for nothing',
      [{ name: 'a', constrains: ['b <2', 'absent >1'] }, ...versions('b', '1', '2')],
      ['a', 'b'],
      ['a 1 0', 'b 1 0'],
    ],
    [
      'a malformed version or dependency excludes only that record',
      [...versions('a', '1', '2..0'), { name: 'a', version: '3', depends: ['x >'] }],
      ['a'],
      ['a 1 0'],
    ],
    [
      'a record that needs itself or a cycle is fine',
      [
        { name: 'a', depends: ['a', 'b'] },
        { name: 'b', depends: ['a'] },
      ],
      ['a'],
      ['b 1 0', 'a 1 0'],
    ],
    [
      'virtual packages are facts',
      [
        { name: 'a', version: '2', depends: ['__glibc >=99'] },
        { name: 'a', depends: ['__glibc >=2.17', '__unix'] },
      ],
      ['a', '__linux'],
      ['a 1 0'],
    ],
    [
      'virtual packages can be constrained',
      [
        { name: 'a', version: '2', constrains: ['__glibc >=99'] },
        { name: 'a', constrains: ['__cuda >=12'] },
      ],
      ['a'],
      ['a 1 0'],
    ],
  ])('%s', async (_title, records, specs, expected) => {
    const env = { CONDA_OVERRIDE_GLIBC: '2.36' }
    const directory = tempDirectory()
    const { context } = testContext({ env })
    const options = { channels: [writeChannel(directory, records)], platform: linux }
    expect(titles(await solve(specs, options, context))).toEqual(expected)
  })

  test('the .conda file of a build wins over its .tar.bz2', async () => {
    const directory = tempDirectory()
    const { context } = testContext()
    const channel = writeChannel(directory, [{ name: 'a', fn: 'a-1-0.tar.bz2' }, { name: 'a' }])
    const [found] = await solve(['a'], { channels: [channel], platform: linux }, context)
    expect(found).toMatchObject({ fn: 'a-1-0.conda', channel, url: `${channel}linux-64/a-1-0.conda` })
  })

  test('python comes before the noarch packages that it lists itself', async () => {
    const records: RecordFields[] = [
      { name: 'python', depends: ['pip'] },
      { name: 'pip', subdir: 'noarch', noarch: 'python', depends: ['python'] },
    ]
    expect(await solveIn([records], ['python'])).toEqual(['python 1 0', 'pip 1 0'])
  })

  test('records after a date, or without one, can be excluded', async () => {
    const records = [
      { name: 'a', version: '1', timestamp: 1000_000_000_000 },
      { name: 'a', version: '2', timestamp: 1700_000_000_000 },
      { name: 'a', version: '3' },
    ]
    expect(await solveIn([records], ['a'], { excludeNewerMs: 1600_000_000_000 })).toEqual(['a 1 0'])
  })

  test.each([
    ['highest', ['b 2 0', 'a 2 0']],
    ['lowest', ['b 1 0', 'a 1 0']],
    ['lowest-direct', ['b 2 0', 'a 1 0']],
  ] as const)('with the strategy %s it is %s', async (solveStrategy, expected) => {
    const records = [
      ...versions('a', '1', '2').map((fields) => ({ ...fields, depends: ['b'] })),
      ...versions('b', '1', '2'),
    ]
    expect(await solveIn([records], ['a'], { solveStrategy })).toEqual(expected)
  })

  test('builds that differ in their dependencies follow the strategy too', async () => {
    const records = [
      { name: 'a', build: 'old', depends: ['b 1'] },
      { name: 'a', build: 'new', depends: ['b 2'] },
      ...versions('b', '1', '2'),
    ]
    expect(await solveIn([records], ['a'], { solveStrategy: 'lowest' })).toEqual(['b 1 0', 'a 1 old'])
    expect(await solveIn([records], ['a'], { solveStrategy: 'lowest-direct' })).toEqual(['b 2 0', 'a 1 new'])
  })

  test.each<[string, string[], string[]]>([
    ['a condition that holds adds the dependency', ['a', 'c'], ['b 1 0', 'c 1 0', 'a 1 0']],
    ['a condition that does not hold adds nothing', ['a'], ['a 1 0']],
    ['a condition on a fact is decided at once', ['b[when="__unix"]', 'c[when="__win"]'], ['b 1 0']],
    ['a group of extras adds its dependencies', ['a[extras=[plot]]'], ['c 1 0', 'b 1 0', 'a 1 0']],
    ['an unknown group of extras adds nothing', ['a[extras=[nope]]'], ['a 1 0']],
  ])('%s', async (_title, specs, expected) => {
    const records = [
      { name: 'a', depends: ['b[when="c >=1"]'], extra_depends: { plot: ['c'] } },
      ...versions('b', '1'),
      ...versions('c', '1'),
    ]
    const solved = await solveIn([records], specs)
    expect(solved.sort()).toEqual([...expected].sort())
  })

  test('constraints of the request hold for packages that are only pulled in', async () => {
    const records = [{ name: 'a', depends: ['b'] }, ...versions('b', '1', '2')]
    expect(await solveIn([records], ['a'], { constraints: ['b <2'] })).toEqual(['b 1 0', 'a 1 0'])
  })
})

describe('several channels', () => {
  const channels = [versions('a', '1'), versions('a', '2')]

  test('with strict priority the first channel that has the name is the only one for it', async () => {
    expect(await solveIn(channels, ['a'])).toEqual(['a 1 0'])
    await expect(solveIn(channels, ['a >=2'])).rejects.toMatchObject({
      message: expect.stringContaining('No candidates were found for a >=2.'),
      hint: expect.stringContaining('due to strict channel priority not using this option from'),
    })
  })

  test('without priority the newest version wins', async () => {
    expect(await solveIn(channels, ['a'], { channelPriority: 'disabled' })).toEqual(['a 2 0'])
  })

  test('with flexible priority the first channel is preferred, not required', async () => {
    expect(await solveIn(channels, ['a'], { channelPriority: 'flexible' })).toEqual(['a 1 0'])
    expect(await solveIn(channels, ['a >=2'], { channelPriority: 'flexible' })).toEqual(['a 2 0'])
  })

  test('a channel that a spec names is used for that package', async () => {
    const directory = tempDirectory()
    const { context } = testContext()
    const urls = channels.map((records, index) => writeChannel(path.join(directory, `c${index}`), records))
    const options = { channels: urls, platform: linux }
    expect(titles(await solve([`${urls[1]}::a`], options, context))).toEqual(['a 2 0'])
  })

  test('extra records come first and replace the indexed record of the same file', async () => {
    const directory = tempDirectory()
    const { context } = testContext()
    const channel = writeChannel(directory, [
      { name: 'a', depends: ['gone'] },
      { name: 'b', version: '9' },
    ])
    const extraRecords = [
      record({ name: 'a', channel }),
      record({ name: 'b', version: '2', channel: 'file:///x/' }),
    ]
    const options = { channels: [channel], platform: linux, extraRecords }
    expect(titles(await solve(['a', 'b'], options, context))).toEqual(['a 1 0', 'b 2 0'])
  })
})

describe('impossible requests', () => {
  test.each<[string, RecordFields[], string[], string, string]>([
    [
      'a name that does not exist',
      [],
      ['nope'],
      'No candidates were found for nope *.',
      'no channel has a package called `nope`',
    ],
    [
      'a version that does not exist',
      versions('zlib', '1.3.1'),
      ['zlib >=9'],
      'No candidates were found for zlib >=9.',
      'the channels have zlib 1.3.1',
    ],
    [
      'a virtual package',
      [],
      ['__glibc >=99'],
      'No candidates were found for __glibc >=99.',
      'this machine has 2.36; CONDA_OVERRIDE_GLIBC can set it',
    ],
    [
      'a virtual package that is not there',
      [],
      ['__cuda'],
      'No candidates were found for __cuda *.',
      'this machine has none; CONDA_OVERRIDE_CUDA can set it',
    ],
    [
      'two specs that exclude each other',
      [
        ...versions('other', '1'),
        ...versions('dep', '1', '2'),
        { name: 'a', depends: ['dep <2'] },
        { name: 'b', depends: ['dep >=2'] },
      ],
      ['other', 'a', 'b'],
      'The following packages are incompatible: a *, b *',
      'relax one of the specs',
    ],
    [
      'a dependency deep down',
      [
        { name: 'a', depends: ['b'] },
        { name: 'b', depends: ['c >=5'] },
        ...versions('c', '1', '2', '3', '4', '4.5'),
      ],
      ['a'],
      'The following packages are incompatible: a *',
      'the channels have c 1, 2, ..., 4.5, none of them >=5',
    ],
  ])('name %s', async (_title, records, specs, message, hint) => {
    const directory = tempDirectory()
    const { context } = testContext({ env: { CONDA_OVERRIDE_GLIBC: '2.36' } })
    const options = { channels: [writeChannel(directory, records)], platform: linux }
    await expect(solve(specs, options, context)).rejects.toMatchObject({
      code: 'solve/unsatisfiable',
      message: expect.stringContaining(message),
      hint: expect.stringContaining(hint),
    })
    await expect(solve(specs, options, context)).rejects.toThrow(/^Cannot solve the request because of: /)
  })

  test('name only the specs that are part of the conflict', async () => {
    const records = [
      ...versions('x', '1'),
      ...versions('y', '1'),
      ...versions('dep', '1', '2'),
      { name: 'a', depends: ['dep 1'] },
    ]
    await expect(solveIn([records], ['x', 'a', 'y', 'dep >=2'])).rejects.toMatchObject({
      details: { specs: ['a *', 'dep >=2'] },
    })
  })

  test.each([
    ['x >', 'solve/bad-spec'],
    ['x[nonsense="y"]', 'solve/bad-spec'],
  ])('a spec `%s` is refused as %s', async (spec, code) => {
    await expect(solveIn([versions('x', '1')], [spec])).rejects.toMatchObject({ code })
  })

  test('an override that is no version is refused by its name', async () => {
    const { context } = testContext({ env: { CONDA_OVERRIDE_GLIBC: '1..2' } })
    const channel = writeChannel(tempDirectory(), versions('x', '1'))
    await expect(solve(['x'], { channels: [channel], platform: linux }, context)).rejects.toMatchObject({
      code: 'solve/bad-virtual-package',
      message: expect.stringContaining('CONDA_OVERRIDE_GLIBC'),
    })
  })
})

describe('channels on disk', () => {
  test('are not touched when there is nothing to solve', async () => {
    const { context } = testContext()
    expect(await solve([], { channels: ['/does/not/exist'], platform: linux }, context)).toEqual([])
  })

  test.each([
    ['/does/not/exist', 'channel/missing-noarch'],
    ['s3://bucket/channel', 'channel/unsupported-scheme'],
    ['a:b', 'channel/bad-name'],
  ])('`%s` is refused as %s', async (channel, code) => {
    const { context } = testContext()
    await expect(solve(['a'], { channels: [channel], platform: linux }, context)).rejects.toMatchObject({
      code,
    })
  })

  test('may lack the platform, and may be only compressed', async () => {
    const directory = tempDirectory()
    const { context } = testContext()
    writeChannel(directory, [{ name: 'a', subdir: 'noarch' }])
    rmSync(path.join(directory, 'linux-64'), { recursive: true })
    expect(titles(await solve(['a'], { channels: [directory], platform: linux }, context))).toEqual(['a 1 0'])
  })

  test('are read again when their index changed', async () => {
    const directory = tempDirectory()
    const { context } = testContext()
    const options = { channels: [writeChannel(directory, versions('a', '1'))], platform: linux }
    expect(titles(await solve(['a'], options, context))).toEqual(['a 1 0'])
    writeChannel(directory, versions('a', '1', '2'))
    expect(titles(await solve(['a'], options, context))).toEqual(['a 2 0'])
  })

  test.each([
    '',
    '[]',
    '{"packages": {"a-1-0.conda": ',
    '{"packages" {}}',
    '{"packages": {"a-1-0.conda": {nonsense}}}',
    '{"info": {,}}',
  ])('with the index `%s` are refused', async (text) => {
    const directory = tempDirectory()
    const { context } = testContext()
    writeChannel(directory, [])
    writeFileSync(path.join(directory, 'linux-64', 'repodata.json'), text)
    await expect(solve(['a'], { channels: [directory], platform: linux }, context)).rejects.toMatchObject({
      code: 'channel/malformed-repodata',
    })
  })

  test('may hold records of the wrong shape, which are ignored with a warning', async () => {
    const directory = tempDirectory()
    const { context, events } = testContext()
    writeChannel(directory, [])
    const good = { name: 'a', version: '1', build: '0', build_number: 0, depends: [], subdir: 'noarch' }
    const bad = [
      {},
      { ...good, depends: [1] },
      { ...good, version: 3 },
      { ...good, build_number: '0' },
      'text',
      null,
    ]
    const entries = bad.map((entry, index) => [`a-${index + 2}-0.conda`, entry] as const)
    mkdirSync(path.join(directory, 'noarch'), { recursive: true })
    const repodata = {
      packages: {},
      'packages.conda': { 'a-1-0.conda': good, ...Object.fromEntries(entries) },
    }
    writeFileSync(path.join(directory, 'noarch', 'repodata.json'), JSON.stringify(repodata))
    expect(titles(await solve(['a'], { channels: [directory], platform: linux }, context))).toEqual(['a 1 0'])
    expect(events).toMatchObject([{ type: 'warning', code: 'channel/malformed-record' }])
  })

  test('are read whatever their layout: blanks, escapes, base_url, removed and v3 records', async () => {
    const directory = tempDirectory()
    const { context } = testContext()
    writeChannel(directory, [])
    const entry = (version: string) => ({
      name: 'a',
      version,
      build: '0',
      build_number: 0,
      depends: ['b'],
      license: 'x "}{" \\',
    })
    const repodata = {
      info: { subdir: 'linux-64', base_url: '../elsewhere' },
      'packages.conda': { 'a-1-0.conda': entry('1'), 'a-9-0.conda': entry('9') },
      removed: ['a-9-0.conda'],
      v3: { conda: { 'a-2-0': entry('2'), 'b-1-0': { ...entry('1'), name: 'b', depends: [] } }, whl: {} },
    }
    writeFileSync(
      path.join(directory, 'linux-64', 'repodata.json'),
      JSON.stringify(repodata, undefined, '\t'),
    )
    const records = await solve(['a'], { channels: [directory], platform: linux }, context)
    expect(titles(records)).toEqual(['b 1 0', 'a 2 0'])
    expect(records[1]?.url).toBe(`file://${directory}/elsewhere/a-2-0.conda`)
  })
})

test('a stop from outside ends a search that takes long', async () => {
  const guests = Array.from({ length: 9 }, (_, index) => `g${index}`)
  const rooms = Array.from({ length: 8 }, (_, index) => `r${index}`)
  const records = [
    ...guests.flatMap((guest, at) =>
      rooms.map((room, version) => ({ name: guest, version: `${version}`, depends: [`${room} ==${at}`] })),
    ),
    ...rooms.flatMap((room) => guests.map((_, version) => ({ name: room, version: `${version}` }))),
  ]
  const { context } = testContext({ signal: AbortSignal.abort() })
  const options = { channels: [writeChannel(tempDirectory(), records)], platform: linux }
  await expect(solve(guests, options, context)).rejects.toMatchObject({ code: 'interrupted/solve' })
})
