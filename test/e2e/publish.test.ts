/** Channels that others read: what gets into them, under which number, and that their index is true. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { krait } from '../support/krait.js'
import { serveDirectory } from '../support/serve-directory.js'
import { tempDirectory } from '../support/system.js'

/** A directory with a recipe of `name`, and a function that calls krait in it. */
function project(name: string, more = '') {
  const directory = tempDirectory()
  const text = `package:\n  name: ${name}\n  version: "1.0"\nbuild:\n  noarch: generic\n  script: mkdir -p $PREFIX/share && echo ${name} > $PREFIX/share/${name}\n${more}`
  writeFileSync(path.join(directory, 'recipe.yaml'), text)
  const call = (...args: string[]) =>
    krait(args, { cwd: directory, env: { SOURCE_DATE_EPOCH: '1700000000' } })
  const channel = path.join(directory, 'channel')
  const publish = (...args: string[]) => call('publish', '--to', './channel', '-c', './channel', ...args)
  return { directory, channel, call, publish }
}

const exporting = 'requirements:\n  run_exports:\n    - lib >=1\n'

function listed(channel: string): string[] {
  const index = JSON.parse(readFileSync(path.join(channel, 'noarch/repodata.json'), 'utf8'))
  return Object.keys(index['packages.conda']).map((fn) => fn.replace(/-h[0-9a-f]{7}_/, '-'))
}

describe('krait publish', () => {
  test('builds a recipe, and gives its channel every form of the index', async () => {
    const { channel, publish, call } = project('lib', exporting)
    const { code, stdout } = await publish()
    expect(code).toBe(0)
    expect(stdout).toMatch(/channel\/noarch\/lib-1\.0-\S+_0\.conda\npublished 1 package to \S+\n$/)
    expect(readdirSync(path.join(channel, 'noarch')).sort()).toEqual([
      '.cache',
      expect.stringMatching(/^lib-1\.0-/),
      'repodata.json',
      'repodata.json.zst',
      'repodata_shards.msgpack.zst',
      'run_exports.json',
      'shards',
    ])
    const exportsIndex = JSON.parse(readFileSync(path.join(channel, 'noarch/run_exports.json'), 'utf8'))
    expect(Object.values(exportsIndex['packages.conda'])).toEqual([{ run_exports: { weak: ['lib >=1'] } }])
    const data = JSON.parse(readFileSync(path.join(channel, 'channeldata.json'), 'utf8'))
    expect(data.packages.lib).toMatchObject({ version: '1.0', subdirs: ['noarch'], text_prefix: false })
    expect((await call('channel', 'check', './channel')).stdout).toContain('1 package in')
  })

  test('refuses a package that is there already before it builds anything, and nothing changes', async () => {
    const { channel, publish } = project('lib')
    await publish()
    const before = readFileSync(path.join(channel, 'noarch/repodata.json'))
    const { code, stderr } = await publish()
    expect(stderr).toMatch(
      /error\[index\/package-exists\]: Package already exists at \S+lib-1\.0-\S+_0\.conda/,
    )
    expect(stderr).not.toContain('script')
    expect(code).toBe(7)
    expect(readFileSync(path.join(channel, 'noarch/repodata.json'))).toEqual(before)
    expect((await publish('--force')).code).toBe(0)
  })

  test.each([
    { number: '+1', says: 'bumping build number from 0 to 1 (+1)', gives: 'lib-1.0-1.conda' },
    { number: '7', says: 'Setting build number to 7 for all outputs', gives: 'lib-1.0-7.conda' },
  ])('gives the build number that $number means', async ({ number, says, gives }) => {
    const { channel, publish } = project('lib')
    await publish()
    const { code, stderr } = await publish(`--build-number=${number}`)
    expect(code).toBe(0)
    expect(stderr).toContain(says)
    expect(listed(channel)).toEqual(['lib-1.0-0.conda', gives])
  })

  test('counts from 0 and never below it', async () => {
    const { channel, publish } = project('lib')
    expect((await publish('--build-number=-3')).code).toBe(0)
    expect(listed(channel)).toEqual(['lib-1.0-0.conda'])
  })

  test('takes packages for its own outputs from the channel it publishes to', async () => {
    const { directory, publish } = project('lib')
    await publish()
    const user = project('user', 'requirements:\n  host: [lib]\n')
    const args = ['publish', '--to', path.join(directory, 'channel'), '-c', path.join(directory, 'channel')]
    expect((await user.call(...args)).code).toBe(0)
    expect(listed(path.join(directory, 'channel'))).toEqual(['lib-1.0-0.conda', 'user-1.0-0.conda'])
  })

  test('publishes nothing when one output fails', async () => {
    const { channel, publish } = project('lib', 'tests:\n  - script: exit 4\n')
    expect((await publish()).code).toBe(8)
    expect(listed(channel)).toEqual([])
  })

  test.each([
    {
      args: ['--to', 's3://bucket/channel'],
      says: 'Cannot determine upload backend from URL `s3://bucket/channel`',
      code: 2,
    },
    { args: ['--to', 'named'], says: "Cannot upload to named channel 'named'", code: 2 },
    { args: ['--to', './src'], says: 'is not initialized', code: 2 },
    { args: ['--to', 'file://c'], says: '`file://c` names no directory of this machine', code: 2 },
    {
      args: ['file://x/a-1-0.conda', '--to', './c'],
      says: '`file://x/a-1-0.conda` is a URL that names no file of this machine',
      code: 2,
    },
    {
      args: ['https://me:word@x/a-1-0.conda', '--to', './c'],
      says: '`https://x/a-1-0.conda` is a URL that names no file of this machine',
      code: 2,
    },
    { args: ['--to', './c', '--label', '../up'], says: '`../up` is not a label', code: 2 },
    {
      args: ['a-1-0.conda', '--to', './c', '--build-number=+1'],
      says: "the argument '--build-number' cannot be used with 'finished packages'",
      code: 2,
    },
    { args: ['--to', './c', '--build-number', 'two'], says: 'Invalid build number `two`', code: 2 },
    { args: ['missing-1-0.conda', '--to', './c'], says: 'Package file does not exist', code: 2 },
    { args: ['fake-1-0.conda', '--to', './c'], says: 'archive/', code: 7 },
    { args: ['empty-1-0.conda', '--to', './c'], says: 'is not an archive: it is empty', code: 7 },
    { args: ['directory.conda', '--to', './c'], says: 'Package file does not exist', code: 2 },
  ])('with $args is refused in one message', async ({ args, says, code }) => {
    const { directory, call } = project('lib')
    mkdirSync(path.join(directory, 'src'))
    mkdirSync(path.join(directory, 'directory.conda'))
    writeFileSync(path.join(directory, 'fake-1-0.conda'), 'no archive')
    writeFileSync(path.join(directory, 'empty-1-0.conda'), '')
    const { stderr, code: actual } = await call('publish', ...args)
    expect(stderr).toContain(says)
    expect(stderr.match(/^error/gm)).toHaveLength(1)
    expect(actual).toBe(code)
    expect(readdirSync(directory).filter((name) => name === 'c')).toEqual([])
  })
})

test.each([
  { args: ['channel', 'check', 'file://c'], says: '`file://c` names no directory of this machine', code: 2 },
  { args: ['package', 'inspect', 'file://c/a-1-0.conda'], says: 'is a URL that names no file', code: 2 },
  { args: ['test', 'https://c/a-1-0.conda'], says: 'is a URL that names no file', code: 2 },
  { args: ['dag', 'https://c/recipe.yaml'], says: 'is a URL that names no file', code: 2 },
  { args: ['env', 'create', '-p', './e', 'a', '-c', 'file://c'], says: "in channel 'file://c", code: 4 },
  { args: ['build', '--no-test'], says: 'File not found: file://c/x.tar.gz', code: 5 },
])('a file URL without a path is refused by $args', async ({ args, says, code }) => {
  const { call } = project('lib', 'source:\n  url: file://c/x.tar.gz\n')
  const { stderr, code: actual } = await call(...args)
  expect(stderr).toContain(says)
  expect(stderr).not.toContain('error[bug]')
  expect(actual).toBe(code)
})

test('a package that was renamed is refused by its path', async () => {
  const { directory, channel, publish, call } = project('lib')
  await publish()
  const [fn = ''] = readdirSync(path.join(channel, 'noarch')).filter((name) => name.endsWith('.conda'))
  writeFileSync(path.join(directory, 'other-2-0.conda'), readFileSync(path.join(channel, 'noarch', fn)))
  const { code, stderr } = await call('publish', 'other-2-0.conda', '--to', './c')
  expect(stderr).toMatch(/`\S+\/other-2-0\.conda` cannot be in a channel: it contains the package `lib-1\.0-/)
  expect(code).toBe(7)
})

test('a new channel can be read by those whom the umask allows', async () => {
  const { channel, publish } = project('lib')
  await publish('--label', 'dev')
  const modeOf = (at: string) => statSync(path.join(channel, at)).mode
  expect(modeOf('.')).toBe(modeOf('noarch'))
  expect(modeOf('label/dev')).toBe(modeOf('noarch'))
})

test('two packages of the same name are refused together, and the same one twice is published once', async () => {
  const { directory, call } = project('lib')
  const build = async (output: string, summary: string) => {
    await call('build', '--output-dir', output, '--extra-meta', `summary=${summary}`)
    const at = path.join(directory, output, 'noarch')
    return path.join(at, readdirSync(at).find((name) => name.endsWith('.conda')) ?? '')
  }
  const [first, second] = [await build('one', 'first'), await build('two', 'second')]
  const { code, stderr } = await call('publish', first, second, '--to', './c', '--force')
  expect(stderr).toContain(`\`${first}\` and \`${second}\` would have the same place in the channel`)
  expect(code).toBe(7)
  expect((await call('publish', first, first, '--to', './c')).stdout).toContain('published 1 package to')
  expect(readFileSync(path.join(directory, 'c/noarch', path.basename(first)))).toEqual(readFileSync(first))
})

describe('labels', () => {
  test('keep packages apart until they are promoted', async () => {
    const { channel, publish, call } = project('lib')
    expect((await publish('--label', 'dev')).code).toBe(0)
    expect(listed(path.join(channel, 'label/dev'))).toEqual(['lib-1.0-0.conda'])
    const none = await call('env', 'create', '-p', './none', 'lib', '-c', './channel/label/other')
    expect(none.code).toBe(4)
    const { code, stdout } = await call('promote', 'lib', 'dev->main', '--to', './channel')
    expect(code).toBe(0)
    expect(stdout).toMatch(/^noarch\/lib-1\.0-\S+\nmoved 1 package from dev to main/)
    expect(listed(channel)).toEqual(['lib-1.0-0.conda'])
    expect(listed(path.join(channel, 'label/dev'))).toEqual([])
    for (const label of ['main', 'dev']) {
      expect((await call('channel', 'check', './channel', '--label', label)).code).toBe(0)
    }
  })

  test.each(['main', 'dev'])('a package that is promoted from %s to itself stays', async (label) => {
    const { channel, publish, call } = project('lib')
    await publish('--label', label)
    const { code, stderr } = await call('promote', 'lib', `${label}->${label}`, '--to', './channel')
    expect(stderr).toContain('both labels are the same')
    expect(code).toBe(2)
    expect(listed(label === 'main' ? channel : path.join(channel, 'label', label))).toHaveLength(1)
  })

  test('a package that no label has is named', async () => {
    const { publish, call } = project('lib')
    await publish('--label', 'dev')
    const { code, stderr } = await call('promote', 'other', 'dev->main', '--to', './channel')
    expect(stderr).toContain('no package `other` is in')
    expect(code).toBe(7)
  })
})

describe('krait channel', () => {
  test('check finds what is missing, changed, renamed or misplaced, and index puts it right', async () => {
    const { channel, publish, call } = project('lib')
    await publish()
    await publish('--build-number=1')
    await publish('--build-number=2')
    const [zero = '', one = '', two = ''] = readdirSync(path.join(channel, 'noarch')).filter((fn) =>
      fn.endsWith('.conda'),
    )
    const at = (fn: string) => path.join(channel, 'noarch', fn)
    rmSync(at(zero))
    writeFileSync(at(one), readFileSync(at(one)).subarray(0, 900))
    mkdirSync(path.join(channel, 'linux-64'))
    writeFileSync(path.join(channel, 'linux-64', two), readFileSync(at(two)))
    const check = await call('channel', 'check', './channel')
    expect(check.code).toBe(7)
    expect(check.stdout).toContain(`noarch/${zero}: it is listed, but there is no such file\n`)
    expect(check.stdout).toMatch(new RegExp(`noarch/${one}: .+`))
    expect(check.stdout).toContain('linux-64: it has no repodata.json\n')
    const index = await call('channel', 'index', './channel')
    expect(index.code).toBe(7)
    expect(index.stdout).toContain('2 files left out')
    expect(listed(channel)).toEqual(['lib-1.0-2.conda'])
  })

  test('remove takes packages out of the index and off the disk', async () => {
    const { channel, publish, call } = project('lib')
    await publish()
    await publish('--build-number=1')
    const { code } = await call('channel', 'remove', './channel', 'lib[build_number=0]')
    expect(code).toBe(0)
    expect(listed(channel)).toEqual(['lib-1.0-1.conda'])
    expect((await call('channel', 'check', './channel')).code).toBe(0)
  })

  test('gives the same index anew as the builds gave it step by step', async () => {
    const output = tempDirectory()
    const build = await krait(['build', 'recipes/greeter', '--output-dir', output])
    expect(build.code).toBe(0)
    const file = path.join(output, 'linux-64/repodata.json')
    const before = readFileSync(file, 'utf8')
    rmSync(path.join(output, 'linux-64/.cache'), { recursive: true })
    const { stdout } = await krait(['channel', 'index', output, '--force'])
    expect(readFileSync(file, 'utf8')).toBe(before)
    expect(stdout).toContain('linux-64: 2 packages, unchanged')
  })

  test('serves shards that krait and other tools can read', async () => {
    const { directory, channel, publish, call } = project('lib')
    await publish()
    // A client that reads the shards needs no repodata.json.
    rmSync(path.join(channel, 'noarch/repodata.json.zst'))
    writeFileSync(path.join(channel, 'noarch/repodata.json'), '{"packages":{}}')
    const { url } = await serveDirectory(channel)
    const { code, stderr } = await call('env', 'create', '-p', './env', 'lib', '-c', url)
    expect(stderr).not.toContain('error')
    expect(code).toBe(0)
    expect(readFileSync(path.join(directory, 'env/share/lib'), 'utf8')).toBe('lib\n')
  })
})

test('every record is what an independent reader finds in its file', async () => {
  const { channel, publish } = project('lib', exporting)
  await publish()
  const script = `
import json, sys, hashlib, pathlib
channel = pathlib.Path(sys.argv[1])
for subdir in ("noarch",):
    index = json.loads((channel / subdir / "repodata.json").read_text())
    for name, record in {**index["packages"], **index["packages.conda"]}.items():
        data = (channel / subdir / name).read_bytes()
        assert hashlib.sha256(data).hexdigest() == record["sha256"], name
        assert hashlib.md5(data).hexdigest() == record["md5"], name
        assert len(data) == record["size"], name
        assert list(record) == sorted(record), name
print("ok")
`
  const file = path.join(tempDirectory(), 'judge.py')
  writeFileSync(file, script)
  expect(execFileSync('python3', [file, channel], { encoding: 'utf8' })).toBe('ok\n')
})
