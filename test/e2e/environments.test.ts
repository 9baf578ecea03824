/** `krait env create` and `krait env list`, with a channel on loopback and the programs that come out of it. */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import type { ChannelRecord } from '../../src/stages/solve-environments/index.js'
import { type PackageSpec, writeIndex, writePackage } from '../stages/install-prefixes/packages.js'
import { krait } from '../support/krait.js'
import { serveDirectory } from '../support/serve-directory.js'
import { tempDirectory, testContext } from '../support/system.js'

const placeholder = `/placeholder${'_x'.repeat(120)}`

async function writeChannel(directory: string, specs: readonly PackageSpec[]): Promise<ChannelRecord[]> {
  const { context } = testContext()
  const records: ChannelRecord[] = []
  for (const spec of specs) records.push(await writePackage(directory, spec, context))
  writeIndex(directory, records)
  return records
}

const subdir = 'noarch'

const library: PackageSpec = {
  name: 'words',
  subdir,
  files: {
    'share/words.txt': { text: `hello from ${placeholder}\n`, placeholder },
    'share/plain.txt': 'plain\n',
  },
}

const program: PackageSpec = {
  name: 'speak',
  subdir,
  index: { depends: ['words'] },
  files: {
    'bin/speak': {
      text: `#!${placeholder}/bin/sh\ncat ${placeholder}/share/words.txt\n`,
      executable: true,
      placeholder,
    },
    'bin/sh': { text: '#!/bin/sh\nexec /bin/sh "$@"\n', executable: true },
  },
}

const extra: PackageSpec = { name: 'extra', subdir, files: { 'share/extra.txt': 'extra\n' } }

interface World {
  readonly directory: string
  readonly channel: string
  readonly env: Readonly<Record<string, string>>
  readonly prefix: string
}

async function setUp(specs: readonly PackageSpec[] = [library, program, extra]): Promise<World> {
  const directory = tempDirectory()
  const channel = path.join(directory, 'channel')
  await writeChannel(channel, specs)
  return {
    directory,
    channel,
    prefix: path.join(directory, 'env'),
    env: { KRAIT_CACHE_DIR: path.join(directory, 'cache') },
  }
}

test('an environment of an http channel is created, runs, is changed, and is left alone when it is right', async () => {
  const { channel, env, prefix } = await setUp()
  const { url, served } = await serveDirectory(channel)
  const create = (...words: string[]) => krait(['env', 'create', '-p', prefix, '-c', url, ...words], { env })
  const first = await create('speak')
  expect(first.stderr).toMatch(/\n✔ 2 packages in \S+ · 2 added · [\d.]+ s\n$/)
  expect([first.code, first.stdout]).toEqual([0, ''])
  expect(execFileSync(path.join(prefix, 'bin/speak'), { encoding: 'utf8' })).toBe(`hello from ${prefix}\n`)
  const archives = served.filter((name) => name.endsWith('.conda'))
  expect(archives.sort()).toEqual(['/noarch/speak-1.0-0.conda', '/noarch/words-1.0-0.conda'])

  writeFileSync(path.join(prefix, 'share/mine.txt'), 'mine')
  const second = await create('extra', 'words')
  expect(second.stderr).toMatch(/✔ 2 packages in \S+ · 1 added, 1 removed · /)
  expect(existsSync(path.join(prefix, 'bin'))).toBe(false)
  expect(readdirSync(path.join(prefix, 'share')).sort()).toEqual([
    'extra.txt',
    'mine.txt',
    'plain.txt',
    'words.txt',
  ])

  const history = readFileSync(path.join(prefix, 'conda-meta/history'), 'utf8')
  const blocks = history.replaceAll(/==> \d{4}-\d\d-\d\d \d\d:\d\d:\d\d <==/g, '==> TIME <==')
  expect(blocks).toBe(
    [
      '==> TIME <==',
      `# cmd: krait env create -p ${prefix} speak -c ${url}`,
      "# update specs: ['speak']",
      `+${url}/noarch::speak-1.0-0`,
      `+${url}/noarch::words-1.0-0`,
      '==> TIME <==',
      `# cmd: krait env create -p ${prefix} extra words -c ${url}`,
      "# update specs: ['extra', 'words']",
      `-${url}/noarch::speak-1.0-0`,
      `+${url}/noarch::extra-1.0-0`,
      '',
    ].join('\n'),
  )
  const third = await create('extra', 'words')
  expect(third.stderr).toContain('nothing to do')
  expect(readFileSync(path.join(prefix, 'conda-meta/history'), 'utf8')).toBe(history)
})

test('the records have the fields that other tools read', async () => {
  const { channel, env, prefix } = await setUp()
  await krait(['env', 'create', '-p', prefix, '-c', channel, 'speak'], { env })
  const file = path.join(prefix, 'conda-meta/words-1.0-0.json')
  const record = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>
  expect(Object.keys(record)).toEqual(
    expect.arrayContaining([
      ...['name', 'version', 'build', 'build_number', 'subdir', 'depends', 'md5', 'sha256', 'size'],
      ...['timestamp', 'fn', 'url', 'channel', 'extracted_package_dir', 'requested_specs', 'files'],
      ...['paths_data', 'link'],
    ]),
  )
  expect(record.files).toEqual(['share/plain.txt', 'share/words.txt'])
  expect(readdirSync(prefix).sort()).toEqual(['CACHEDIR.TAG', 'bin', 'conda-meta', 'share'])
  const { stdout } = await krait(['env', 'list', '-p', prefix], { env })
  expect(stdout).toMatch(/^# asked for: speak\nspeak {2}1\.0 {2}0 {2}file:/m)
  const listed = JSON.parse((await krait(['env', 'list', prefix, '--json'], { env })).stdout)
  expect(listed).toMatchObject({
    prefix,
    complete: true,
    specs: ['speak'],
    packages: [
      { name: 'speak', requested_specs: ['speak'] },
      { name: 'words', requested_specs: [], files: 2 },
    ],
  })
})

test('a dry run says what would change, and changes nothing', async () => {
  const { channel, env, prefix, directory } = await setUp()
  const args = ['env', 'create', '-p', prefix, '-c', channel, 'speak', '--dry-run']
  const { stdout, code } = await krait(args, { env })
  expect(code).toBe(0)
  expect(stdout).toMatch(/^\+ {2}words {2}1\.0 {2}0 {2}file:\S+\n\+ {2}speak {2}1\.0/)
  expect(existsSync(prefix)).toBe(false)
  const json = JSON.parse((await krait([...args, '--json'], { env })).stdout)
  expect(json).toMatchObject({ action: 'created', dryRun: true, added: ['words-1.0-0', 'speak-1.0-0'] })
  expect(existsSync(path.join(directory, 'cache/pkgs'))).toBe(false)
})

test('an environment for another platform gets its packages, whose scripts are not run here', async () => {
  const script = { text: 'touch "$PREFIX/ran"\n', executable: true }
  const foreign: PackageSpec = {
    name: 'foreign',
    subdir: 'osx-arm64',
    files: { 'lib/libx.dylib': 'x', 'bin/.foreign-post-link.sh': script },
  }
  const { channel, env, prefix } = await setUp([foreign])
  const args = ['env', 'create', '-p', prefix, '-c', channel, 'foreign', '--platform', 'osx-arm64']
  expect((await krait(args, { env })).code).toBe(0)
  expect(existsSync(path.join(prefix, 'lib/libx.dylib'))).toBe(true)
  expect(existsSync(path.join(prefix, 'ran'))).toBe(false)
})

test('a credential in the URL of a channel is neither in the history nor in the records', async () => {
  const { channel, env, prefix } = await setUp()
  const { url } = await serveDirectory(channel)
  const secret = url.replace('http://', 'http://me:hunter2-secret@')
  expect((await krait(['env', 'create', '-p', prefix, '-c', secret, 'words'], { env })).code).toBe(0)
  for (const name of readdirSync(path.join(prefix, 'conda-meta'))) {
    expect(readFileSync(path.join(prefix, 'conda-meta', name), 'utf8')).not.toContain('hunter2')
  }
})

test.each([
  ['a spec that nothing satisfies', 'env', ['nowhere'], 4, 'no channel has a package called `nowhere`'],
  ['a spec that is none', 'env', ['words >>1'], 4, 'Invalid match spec'],
  ['a file in the place of the prefix', 'file', ['words'], 4, 'not a prefix; it is left as it is'],
  ["a directory that is somebody else's", 'thesis', ['words'], 4, 'not a prefix; it is left as it is'],
  ['a directory below a file', 'file/env', ['words'], 4, 'cannot create directory'],
  ['no spec', 'env', [], 2, 'name the packages'],
  ['an unknown platform', 'env', ['words', '--platform', 'linux-65'], 2, 'did you mean `linux-64`?'],
] as const)('%s is refused, and nothing is left behind', async (_what, name, words, code, message) => {
  const { channel, env, directory } = await setUp()
  writeFileSync(path.join(directory, 'file'), 'x')
  mkdirSync(path.join(directory, 'thesis'))
  writeFileSync(path.join(directory, 'thesis/one.tex'), 'x')
  const result = await krait(['env', 'create', '-p', path.join(directory, name), '-c', channel, ...words], {
    env,
  })
  expect(result.code).toBe(code)
  expect(result.stderr).toContain(message)
  expect(existsSync(path.join(directory, 'env'))).toBe(false)
  expect(readdirSync(path.join(directory, 'thesis'))).toEqual(['one.tex'])
})

test('listing what is no environment is an error', async () => {
  const directory = tempDirectory()
  const { code, stderr } = await krait(['env', 'list', path.join(directory, 'none')])
  expect(code).toBe(2)
  expect(stderr).toContain('is no environment: there is nothing')
})

test('four processes that share an empty cache each get their environment, and every archive is fetched once', async () => {
  const many = Array.from({ length: 8 }, (_, index): PackageSpec => {
    const files = Object.fromEntries(
      Array.from({ length: 40 }, (_file, at) => [`lib/p${index}/f${at}`, 'x'.repeat(500 + at)]),
    )
    return { name: `p${index}`, subdir, files }
  })
  const { channel, env, directory } = await setUp(many)
  const { url, served } = await serveDirectory(channel)
  const names = many.map(({ name }) => name)
  const results = await Promise.all(
    ['a', 'b', 'c', 'd'].map((name) =>
      krait(['env', 'create', '-p', path.join(directory, name), '-c', url, ...names], { env }),
    ),
  )
  expect(results.map(({ code, stderr }) => (code === 0 ? '' : stderr))).toEqual(['', '', '', ''])
  for (const name of ['a', 'b', 'c', 'd']) {
    for (const { files = {} } of many) {
      for (const [file, text] of Object.entries(files)) {
        expect(readFileSync(path.join(directory, name, file), 'utf8')).toBe(text)
      }
    }
  }
  const archives = served.filter((name) => name.endsWith('.conda')).sort()
  expect(archives).toEqual(names.map((name) => `/noarch/${name}-1.0-0.conda`))
  expect((await krait(['cache', 'verify'], { env })).code).toBe(0)
})
