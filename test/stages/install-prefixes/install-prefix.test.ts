import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  appendFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { findPlatform } from '../../../src/conda/index.js'
import { checkLinkedFiles, installPrefix, withLock } from '../../../src/stages/install-prefixes/index.js'
import type { ChannelRecord } from '../../../src/stages/solve-environments/index.js'
import { tempDirectory, testContext } from '../../support/system.js'
import { type PackageSpec, writePackage } from './packages.js'

const placeholder = `/placeholder${'_x'.repeat(120)}`

interface Setup {
  readonly directory: string
  readonly channel: string
  readonly prefix: string
  install(records: readonly ChannelRecord[], subdir?: string): ReturnType<typeof installPrefix>
  add(spec: PackageSpec): Promise<ChannelRecord>
  readonly events: ReturnType<typeof testContext>['events']
  readonly context: ReturnType<typeof testContext>['context']
  read(file: string): string
}

function setUp(prefixName = 'prefix'): Setup {
  const directory = tempDirectory()
  const channel = path.join(directory, 'channel')
  const prefix = path.join(directory, prefixName)
  const { context, events } = testContext()
  return {
    directory,
    channel,
    prefix,
    events,
    context,
    add: (spec) => writePackage(channel, spec, context),
    install: (records, subdir = 'linux-64') => {
      const platform = findPlatform(subdir)
      if (!platform) throw new Error(subdir)
      const options = { cacheDirectory: path.join(directory, 'cache') }
      return installPrefix({ path: prefix, platform, records, output: 'out' }, options, context)
    },
    read: (file) => readFileSync(path.join(prefix, file), 'utf8'),
  }
}

function recordOf(prefix: string, name: string): Record<string, unknown> {
  return JSON.parse(readFileSync(path.join(prefix, 'conda-meta', name), 'utf8'))
}

describe('files', () => {
  test.each(['conda', 'tar.bz2'] as const)(
    'of a %s package are linked, copied, replaced and recorded',
    async (format) => {
      const { add, install, prefix, read, events } = setUp()
      const record = await add({
        name: 'a',
        format,
        files: {
          'bin/run': {
            text: `#!${placeholder}/bin/bash\necho ${placeholder}\n`,
            executable: true,
            placeholder,
          },
          'lib/data.bin': { text: `\0${placeholder}/lib\0end`, placeholder, mode: 'binary' },
          'lib/plain.txt': 'plain',
          'lib/copied.txt': { text: 'copied', noLink: true },
          'lib/link.txt': { link: 'plain.txt' },
        },
      })
      const result = await install([record])
      expect(read('bin/run')).toBe(`#!${prefix}/bin/bash\necho ${prefix}\n`)
      expect(statSync(path.join(prefix, 'bin/run')).mode & 0o777).toBe(0o755)
      expect(read('lib/data.bin')).toBe(
        `\0${prefix}/lib${'\0'.repeat(placeholder.length - prefix.length)}\0end`,
      )
      expect(readlinkSync(path.join(prefix, 'lib/link.txt'))).toBe('plain.txt')
      expect(statSync(path.join(prefix, 'lib/plain.txt')).nlink).toBe(2)
      expect(statSync(path.join(prefix, 'lib/copied.txt')).nlink).toBe(1)
      expect(result.records[0]?.files).toEqual([
        'bin/run',
        'lib/copied.txt',
        'lib/data.bin',
        'lib/link.txt',
        'lib/plain.txt',
      ])
      const written = recordOf(prefix, 'a-1.0-0.json')
      expect(written).toMatchObject({
        fn: record.fn,
        url: record.url,
        link: { type: 1 },
        requested_specs: [],
      })
      const run = (written.paths_data as { paths: Record<string, unknown>[] }).paths[0]
      const content = Buffer.from(read('bin/run'))
      expect(run).toMatchObject({ _path: 'bin/run', size_in_bytes: content.length, file_mode: 'text' })
      expect(run?.sha256_in_prefix).toBe(createHash('sha256').update(content).digest('hex'))
      expect(events.filter(({ type }) => type === 'prefix-linked')).toMatchObject([
        { output: 'out', packages: 1, files: 5, linked: 1 },
      ])
    },
  )

  test('listed in the lists of old packages are found without paths.json', async () => {
    const { add, install, prefix, read } = setUp()
    const files = {
      'bin/x': { text: `#!${placeholder}/bin/sh`, executable: true },
      'etc/old': '/opt/anaconda1anaconda2anaconda3/etc',
    }
    const info = {
      'paths.json': undefined,
      files: 'bin/x\netc/old\n',
      has_prefix: `${placeholder} text bin/x\netc/old\n`,
    }
    await install([await add({ name: 'old', format: 'tar.bz2', files, info })])
    expect(read('bin/x')).toBe(`#!${prefix}/bin/sh`)
    expect(read('etc/old')).toBe(`${prefix}/etc`)
  })

  test('that two packages have stay with the first one, and the other copy is kept aside', async () => {
    const { add, install, read, prefix, events } = setUp()
    const records = [
      await add({ name: 'first', files: { 'etc/x': 'one', 'etc/same': 's', 'lib/d/e': 'e' } }),
      await add({ name: 'second', files: { 'etc/x': 'two', 'etc/same': 's', 'lib/d': 'file' } }),
      await add({ name: 'third', files: { 'etc/x/deeper': 'three' } }),
    ]
    const { records: installed } = await install(records)
    expect(read('etc/x')).toBe('one')
    expect(read('__clobbers__/second/etc/x')).toBe('two')
    expect(read('__clobbers__/third/etc/x/deeper')).toBe('three')
    expect(existsSync(path.join(prefix, '__clobbers__/second/etc/same'))).toBe(true)
    expect(installed[1]?.paths_data.paths).toContainEqual(
      expect.objectContaining({ _path: '__clobbers__/second/etc/x', original_path: 'etc/x' }),
    )
    const messages = events.flatMap((event) => (event.type === 'warning' ? [event.message] : []))
    expect(messages).toEqual([
      '`etc/x` is in `first` and in `second`; the one of `first` is kept',
      '`lib/d` is in `a directory` and in `second`; the one of `a directory` is kept',
      '`etc/x/deeper` is in `first` and in `third`; the one of `first` is kept',
    ])
  })

  test('are never written through a link of another package', async () => {
    const { add, install, directory } = setUp()
    const outside = path.join(directory, 'outside')
    mkdirSync(outside)
    const trap = await add({ name: 'trap', files: { lib: { link: outside } } })
    const victim = await add({ name: 'victim', files: { 'lib/evil': 'x' } })
    await install([trap, victim])
    expect(readdirSync(outside)).toEqual([])
  })
})

describe('noarch python packages', () => {
  const python: PackageSpec = {
    name: 'python',
    version: '3.11.4',
    files: { 'bin/python3.11': { text: '#!/bin/sh\n', executable: true } },
  }
  const tool: PackageSpec = {
    name: 'tool',
    subdir: 'noarch',
    index: { noarch: 'python' },
    files: {
      'site-packages/tool.py': 'def main(): pass\n',
      'python-scripts/tool-script': '#!/usr/bin/env python\n',
    },
    entryPoints: ['tool = tool:main'],
  }

  test('go to the site-packages of the python in the prefix and get their entry points', async () => {
    const { add, install, prefix, read } = setUp()
    await install([await add(python), await add(tool)])
    expect(existsSync(path.join(prefix, 'lib/python3.11/site-packages/tool.py'))).toBe(true)
    expect(read('bin/tool-script')).toBe('#!/usr/bin/env python\n')
    expect(read('bin/tool')).toBe(
      [
        `#!${prefix}/bin/python3.11`,
        '# -*- coding: utf-8 -*-',
        'import re',
        'import sys',
        '',
        'from tool import main',
        '',
        "if __name__ == '__main__':",
        "\tsys.argv[0] = re.sub(r'(-script\\.pyw?|\\.exe)?$', '', sys.argv[0])",
        '\tsys.exit(main())',
        '',
      ].join('\n'),
    )
    expect(statSync(path.join(prefix, 'bin/tool')).mode & 0o777).toBe(0o775)
    const { paths } = recordOf(prefix, 'tool-1.0-0.json').paths_data as {
      paths: { _path: string; path_type: string }[]
    }
    expect(paths.find(({ _path }) => _path === 'bin/tool')?.path_type).toBe('unix_python_entry_point')
  })

  test('start through sh where the path of python is too long for a `#!` line', async () => {
    const { add, install, prefix, read } = setUp('p'.repeat(200))
    await install([await add(python), await add(tool)])
    expect(read('bin/tool')).toMatch(
      `#!/bin/sh\n'''exec' "${prefix}/bin/python3.11" "$0" "$@" #'''\n# -*- coding`,
    )
  })

  test('use the site-packages that python declares, unless it is outside of the prefix', async () => {
    const { add, install, prefix } = setUp()
    const free = { ...python, index: { python_site_packages_path: 'lib/python3.11t/site-packages' } }
    await install([await add(free), await add(tool)])
    expect(existsSync(path.join(prefix, 'lib/python3.11t/site-packages/tool.py'))).toBe(true)
    await install([{ ...(await add(free)), python_site_packages_path: '../../out' }, await add(tool)])
    expect(existsSync(path.join(prefix, 'lib/python3.11/site-packages/tool.py'))).toBe(true)
  })

  test('are refused in a prefix without python', async () => {
    const { add, install } = setUp()
    await expect(install([await add(tool)])).rejects.toMatchObject({ code: 'install/python-missing' })
  })

  test('get their scripts, and a warning about launchers, in a prefix for Windows', async () => {
    const { add, install, prefix, events } = setUp()
    await install(
      [await add({ ...python, subdir: 'win-64', files: { 'python.exe': 'MZ' } }), await add(tool)],
      'win-64',
    )
    expect(existsSync(path.join(prefix, 'Scripts/tool-script.py'))).toBe(true)
    expect(existsSync(path.join(prefix, 'Lib/site-packages/tool.py'))).toBe(true)
    expect(events).toContainEqual(expect.objectContaining({ type: 'warning', code: 'install/no-launcher' }))
  })
})

describe('a prefix', () => {
  test('without packages is an environment, and nothing of a former one survives', async () => {
    const { add, install, prefix } = setUp()
    await install([await add({ name: 'a', files: { 'lib/a': 'a' } })])
    writeFileSync(path.join(prefix, 'left-over'), 'x')
    const result = await install([])
    expect(result).toEqual({ path: prefix, subdir: 'linux-64', records: [] })
    expect(readdirSync(prefix).sort()).toEqual(['CACHEDIR.TAG', 'conda-meta'])
    expect(readdirSync(path.join(prefix, 'conda-meta')).sort()).toEqual(['.state.json', 'history'])
    expect(recordOf(prefix, '.state.json')).toMatchObject({ state: 'ready' })
  })

  test('never replaces a directory or file that is none', async () => {
    const { install, prefix } = setUp()
    mkdirSync(prefix)
    writeFileSync(path.join(prefix, 'thesis.tex'), 'x')
    await expect(install([])).rejects.toMatchObject({ code: 'install/not-a-prefix' })
    expect(readdirSync(prefix)).toEqual(['thesis.tex'])
    rmSync(prefix, { recursive: true })
    writeFileSync(prefix, 'x')
    await expect(install([])).rejects.toMatchObject({ code: 'install/not-a-prefix' })
    expect(lstatSync(prefix).isFile()).toBe(true)
  })

  test('that is longer than the placeholder of a binary is refused', async () => {
    const { add, install } = setUp()
    const record = await add({
      name: 'a',
      files: { 'lib/x': { text: '/short\0', placeholder: '/short', mode: 'binary' } },
    })
    await expect(install([record])).rejects.toMatchObject({
      code: 'install/prefix-too-long',
      message: expect.stringContaining('target prefix cannot be longer than the placeholder prefix'),
    })
  })

  test('runs the post-link scripts of its packages; one that fails is a warning', async () => {
    const { add, install, read, events } = setUp()
    const good =
      'echo "$PKG_NAME $PKG_VERSION $PKG_BUILDNUM" > "$PREFIX/done"; echo hello > "$PREFIX/.messages.txt"\n'
    const records = [
      await add({ name: 'good', files: { 'bin/.good-post-link.sh': { text: good, executable: true } } }),
      await add({ name: 'bad', files: { 'bin/.bad-post-link.sh': 'echo broken >&2; exit 3\n' } }),
    ]
    await install(records)
    expect(read('done')).toBe('good 1.0 0\n')
    expect(() => read('.messages.txt')).toThrow()
    expect(events).toContainEqual(
      expect.objectContaining({
        code: 'install/link-script-failed',
        message: expect.stringContaining('code 3: broken'),
      }),
    )
  })
})

describe('the package cache', () => {
  test('keeps packages apart that have the same name and different content', async () => {
    const { add, install, read } = setUp()
    await install([await add({ name: 'a', files: { x: 'old' } })])
    await install([await add({ name: 'a', files: { x: 'new' } })])
    expect(read('x')).toBe('new')
  })

  test('does not need the channel a second time, and starts anew after a crash', async () => {
    const { add, install, read, channel, directory } = setUp()
    const record = await add({ name: 'a', files: { x: 'content' } })
    const cached = path.join(directory, 'cache/pkgs/v1', `a-1.0-0-${record.sha256?.slice(0, 16)}`)
    mkdirSync(path.join(cached, 'info'), { recursive: true })
    writeFileSync(path.join(cached, 'half'), 'x')
    await install([record])
    expect(existsSync(path.join(cached, 'half'))).toBe(false)
    rmSync(channel, { recursive: true })
    await install([record])
    expect(read('x')).toBe('content')
  })

  test.each([
    [{ sha256: '0'.repeat(64) }, `expected sha256 ${'0'.repeat(64)}`],
    [{ sha256: undefined, md5: '0'.repeat(32) }, `expected md5 ${'0'.repeat(32)}`],
    [{ size: 1 }, 'expected 1 bytes'],
  ])('refuses an archive that is not the one of the record (%j)', async (fields, message) => {
    const { add, install, directory } = setUp()
    const { sha256: _sha256, ...rest } = await add({ name: 'a', files: { x: 'content' } })
    const record = { ...rest, ...(_sha256 && { sha256: _sha256 }), ...fields } as ChannelRecord
    await expect(install([record])).rejects.toMatchObject({
      code: 'install/checksum-mismatch',
      message: expect.stringContaining(message),
    })
    expect(readdirSync(path.join(directory, 'cache/pkgs/v1'))).toEqual([])
  })

  test('is repaired after a build wrote through a link into it', async () => {
    const { add, install, prefix, read, context, events } = setUp()
    const records = [
      await add({ name: 'a', files: { x: 'content', y: 'y', z: 'z' } }),
      await add({ name: 'python', version: '3.11.1', files: { 'bin/python3.11': 'p' } }),
      await add({
        name: 'tool',
        subdir: 'noarch',
        index: { noarch: 'python' },
        files: { 'site-packages/t.py': 't' },
      }),
    ]
    const installed = await install(records)
    expect(await checkLinkedFiles(installed, context)).toEqual([])
    rmSync(path.join(prefix, 'y'))
    writeFileSync(path.join(prefix, 'y'), 'replaced, which is fine')
    rmSync(path.join(prefix, 'z'))
    expect(await checkLinkedFiles(installed, context)).toEqual([])
    appendFileSync(path.join(prefix, 'x'), ' and more')
    appendFileSync(path.join(prefix, 'lib/python3.11/site-packages/t.py'), ' and more')
    expect(await checkLinkedFiles(installed, context)).toEqual(['a', 'tool'])
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'warning', code: 'install/cache-modified' }),
    )
    await install(records)
    expect(read('x')).toBe('content')
  })

  test('is given up on when another live process keeps its lock for too long', async () => {
    const { directory, context } = setUp()
    const { host, clock } = context.system
    const lock = path.join(directory, 'busy.lock')
    writeFileSync(
      lock,
      JSON.stringify({ pid: host.pid, host: host.hostName, token: 'x', takenMs: clock.now() }),
    )
    let minutes = 0
    const fast = { ...clock, sleep: async () => {}, monotonic: () => 600_000 * minutes++ }
    const patient = { ...context, system: { ...context.system, clock: fast } }
    await expect(withLock(lock, patient, async () => 'never')).rejects.toMatchObject({
      code: 'install/lock-busy',
      message: expect.stringContaining(`process ${host.pid} on ${host.hostName}`),
    })
    expect(existsSync(lock)).toBe(true)
  })

  test('takes over the lock of a process that is gone, and waits for one that lives', async () => {
    const { add, install, directory, read } = setUp()
    const record = await add({ name: 'a', files: { x: 'content' } })
    const locks = path.join(directory, 'cache/locks')
    mkdirSync(locks, { recursive: true })
    const pid = Number(execFileSync('sh', ['-c', 'echo $$'], { encoding: 'utf8' }))
    const { context } = testContext()
    const holder = { pid, host: context.system.host.hostName, token: 'gone', takenMs: Date.now() }
    writeFileSync(path.join(locks, `${record.sha256?.slice(0, 32)}.lock`), JSON.stringify(holder))
    await Promise.all([install([record]), install([record])])
    expect(read('x')).toBe('content')
    expect(readdirSync(locks)).toEqual([])
  })

  test('downloads from http channels and refuses what it cannot get', async () => {
    const { add, install, read, channel } = setUp()
    const record = await add({ name: 'a', files: { x: 'content' } })
    const server = createServer((request, response) => {
      const file = path.join(channel, request.url ?? '')
      if (!existsSync(file)) response.writeHead(404).end()
      else response.end(readFileSync(file))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    await install([{ ...record, url: `${base}/linux-64/${record.fn}` }])
    expect(read('x')).toBe('content')
    const missing = { ...record, sha256: '1'.repeat(64), url: `${base}/linux-64/missing.conda` }
    await expect(install([missing])).rejects.toMatchObject({ code: 'install/download-failed' })
    await expect(install([{ ...missing, url: 's3://x/y.conda' }])).rejects.toMatchObject({
      code: 'install/unsupported-url',
    })
  })
})

test.each([
  ['../x', 'leaves the prefix'],
  ['/etc/x', 'leaves the prefix'],
  ['a/../../x', 'leaves the prefix'],
  ['conda-meta/history', 'leaves the prefix'],
])('a package that lists `%s` is refused', async (_path, reason) => {
  const { add, install } = setUp()
  const info = { 'paths.json': JSON.stringify({ paths: [{ _path, path_type: 'hardlink' }] }) }
  await expect(install([await add({ name: 'evil', files: { x: 'x' }, info })])).rejects.toMatchObject({
    code: 'install/malformed-package',
    message: expect.stringContaining(reason),
  })
})

test.each([
  [{ 'paths.json': '[' }, 'is not a JSON object'],
  [{ 'paths.json': '{}' }, 'has no list of paths'],
  [
    { 'paths.json': JSON.stringify({ paths: [{ _path: 'x', path_type: 'socket' }] }) },
    'unknown type `socket`',
  ],
  [{ 'link.json': JSON.stringify({ noarch: { entry_points: ['../x = a:b'] } }) }, 'is not an entry point'],
])('a package with the metadata %j is refused', async (info, reason) => {
  const { add, install } = setUp()
  await expect(install([await add({ name: 'odd', files: { x: 'x' }, info })])).rejects.toMatchObject({
    code: 'install/malformed-package',
    message: expect.stringContaining(reason),
  })
})

test('an interrupted installation says so', async () => {
  const directory = tempDirectory()
  const { context } = testContext()
  const record = await writePackage(directory, { name: 'a', files: { x: 'x' } }, context)
  const platform = findPlatform('linux-64')
  if (!platform) throw new Error('no platform')
  const options = { cacheDirectory: path.join(directory, 'cache') }
  const stopped = { ...context, signal: AbortSignal.abort() }
  const request = { path: path.join(directory, 'prefix'), platform, records: [record] }
  await expect(installPrefix(request, options, stopped)).rejects.toMatchObject({
    code: 'interrupted/install',
  })
})

test('a prefix can be reached through a symbolic link, which then becomes the prefix', async () => {
  const { install, prefix, directory } = setUp()
  const real = path.join(directory, 'real')
  mkdirSync(path.join(real, 'conda-meta'), { recursive: true })
  symlinkSync(real, prefix)
  await install([])
  expect(lstatSync(prefix).isDirectory()).toBe(true)
  expect(existsSync(path.join(real, 'conda-meta'))).toBe(true)
})
