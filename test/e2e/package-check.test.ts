/** `krait package check`: what a user would find out too late. */
import { execFileSync } from 'node:child_process'
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { type PackageSpec, writeIndex, writePackage } from '../stages/install-prefixes/packages.js'
import { fatMachO, machO } from '../stages/write-package/mach-o-files.js'
import { pe } from '../stages/write-package/pe-files.js'
import { krait } from '../support/krait.js'
import { tempDirectory, testContext } from '../support/system.js'

const prefix = `/opt/build${'_placehold'.repeat(20)}`

async function written(spec: PackageSpec, directory = tempDirectory()) {
  const { context } = testContext()
  const record = await writePackage(directory, spec, context)
  return { directory, record, file: path.join(directory, record.subdir, record.fn) }
}

async function check(spec: PackageSpec, ...flags: string[]) {
  const { file } = await written(spec)
  const { code, stdout, stderr } = await krait(['package', 'check', file, '--json', ...flags])
  expect(stderr).toBe('')
  const { problems } = JSON.parse(stdout)
  const short = problems.map((problem: Record<string, string>) =>
    [problem.severity, problem.check, problem.path, problem.message].filter(Boolean).join(' '),
  )
  return { code, problems: short as string[] }
}

const good: PackageSpec = {
  name: 'demo',
  files: {
    'bin/env': { text: '#!/usr/bin/env python\n', executable: true },
    'bin/sh': { text: '#!/bin/sh\necho $HOME/home/$USER\n', executable: true },
    'bin/own': { text: `#!${prefix}/bin/python\n`, executable: true, placeholder: prefix, mode: 'text' },
    'lib/data': { text: `\0${prefix}/share\0`, placeholder: prefix, mode: 'binary' },
    'lib/link': { link: 'data' },
    'share/doc': 'see https://example.org/home/page/ and /usr/share',
    'src/lib.rs': '#![allow(unused)]\n',
  },
}

test('a good package has nothing wrong with it', async () => {
  const { file } = await written(good)
  const { code, stdout } = await krait(['package', 'check', file])
  expect([code, stdout]).toEqual([
    0,
    expect.stringMatching(/^demo-1\.0-0: nothing is wrong \(7 files, .*\)\n$/),
  ])
})

const work = '/ci/out/bld/rattler-build_demo_1700000000/work'

test.each([
  {
    name: 'a work directory',
    text: `x ${work}/a.c`,
    code: 8,
    says: [`error build-path share/f it contains \`${work}/a.c\``],
  },
  {
    name: 'a work directory of conda-build',
    text: '/w/conda-bld/d_17/_build_env/bin/cc',
    code: 8,
    says: ['error build-path share/f'],
  },
  {
    name: 'a work directory in a binary',
    text: `\0\0${work}/a.c\0`,
    code: 8,
    says: ['error build-path share/f'],
  },
  {
    name: 'a home directory',
    text: 'D=/home/jane/x',
    code: 0,
    says: ['warning host-path share/f it contains `/home/jane/x`'],
  },
  {
    name: 'a temporary file',
    text: '"/tmp/abc.log"',
    code: 0,
    says: ['warning host-path share/f it contains `/tmp/abc.log`'],
  },
  {
    name: 'a prefix that nobody replaces',
    text: `P=${prefix}/x`,
    code: 8,
    says: ['error placeholder share/f'],
  },
  {
    name: 'an interpreter elsewhere',
    text: '#!/opt/py/bin/python\n',
    code: 8,
    says: ['points outside of the package'],
  },
  { name: 'a relative interpreter', text: '#!bin/python\n', code: 8, says: ['names no absolute path'] },
  {
    name: 'a first line that is too long',
    text: `#!/usr/bin/env ${'x'.repeat(120)}\n`,
    code: 8,
    says: ['has 135 bytes'],
  },
])('$name is found', async ({ text, code, says }) => {
  const found = await check({ name: 'demo', files: { 'share/f': text } })
  expect(found).toEqual({ code, problems: says.map((part) => expect.stringContaining(part)) })
})

test('the first line of a template is that of what is made from it', async () => {
  const found = await check({ name: 'demo', files: { 'share/project.in': '#!gbuild\n' } })
  expect(found).toEqual({ code: 0, problems: [] })
})

test('what lies across two pieces of a large file is found', async () => {
  const filler = 'f\n'.repeat((1 << 15) - 10)
  const text = Array.from({ length: 40 }, () => filler).join(`${work}/`)
  expect((await check({ name: 'demo', files: { 'share/f': text } })).problems).toHaveLength(1)
})

test('a placeholder that is not there, or is replaced in a wrong way, is an error', async () => {
  const { problems } = await check({
    name: 'demo',
    files: {
      a: { text: 'no prefix', placeholder: prefix, mode: 'text' },
      b: { text: `\0${prefix}\0`, placeholder: prefix, mode: 'text' },
    },
  })
  expect(problems).toEqual([
    expect.stringMatching(/^error placeholder a .*which it does not$/),
    expect.stringMatching(/^error placeholder b .*binary file/),
  ])
})

test('paths.json has to tell the truth', async () => {
  const sha256 = '0'.repeat(64)
  const paths = [
    { _path: 'a', path_type: 'hardlink', sha256, size_in_bytes: 1 },
    { _path: 'b', path_type: 'hardlink', size_in_bytes: 7 },
    { _path: 'c', path_type: 'softlink' },
    { _path: 'gone', path_type: 'hardlink' },
  ]
  const info = { 'paths.json': JSON.stringify({ paths, paths_version: 1 }) }
  const { code, problems } = await check({ name: 'demo', files: { a: '1', b: '1', c: '1', d: '1' }, info })
  expect({ code, problems }).toEqual({
    code: 8,
    problems: [
      'error paths a its SHA-256 is not that of paths.json',
      'error paths b paths.json says 7 bytes, the archive has 1',
      'error paths c paths.json says it is a symlink, the archive has a file',
      'error paths d it is in the archive, but not in paths.json',
      'error paths gone paths.json lists it, the archive does not have it',
    ],
  })
})

test('name and directory have to be those of the metadata', async () => {
  const { directory, file } = await written(good)
  const renamed = path.join(directory, 'linux-64', 'other-1.0-0.conda')
  renameSync(file, renamed)
  const { code, stdout } = await krait(['package', 'check', renamed])
  expect([code, stdout]).toEqual([8, expect.stringContaining('but index.json says `demo-1.0-0`')])
  const otherFormat = path.join(directory, 'linux-64', 'demo-1.0-0.tar.bz2')
  renameSync(renamed, otherFormat)
  const format = await krait(['package', 'check', otherFormat])
  expect([format.code, format.stdout]).toEqual([8, expect.stringContaining('but it is a `.conda` file')])
  const elsewhere = await written({ ...good, subdir: 'noarch', index: { noarch: 'generic' } })
  const moved = path.join(directory, 'linux-64', 'demo-1.0-0.conda')
  writeFileSync(moved, readFileSync(elsewhere.file))
  expect((await krait(['package', 'check', moved])).stdout).toContain('it lies in `linux-64`')
})

test('a build that grew much is an error that names the file, and lost files are told', async () => {
  const channel = tempDirectory()
  const older = await written({ ...good, version: '0.8' }, channel)
  const before = await written({ ...good, version: '0.9' }, channel)
  const newer = await written({ ...good, version: '2.0' }, channel)
  writeIndex(channel, [older.record, before.record, newer.record])
  const { 'share/doc': _, ...files } = good.files ?? {}
  const { file } = await written({ ...good, files: { ...files, 'lib/huge.a': 'x'.repeat(3_000_000) } })
  const inChannel = await krait(['package', 'check', file, '-c', channel])
  expect(inChannel.code).toBe(8)
  expect(inChannel.stdout).toContain('error: lib/huge.a: the content has 3000')
  expect(inChannel.stdout).toContain('is new and has 3000000 bytes')
  expect(inChannel.stdout).toContain('warning: share/doc: `demo-0.9-0.conda` had it, this package has not')
  expect(inChannel.stdout).toContain('compared with demo-0.9-0.conda')
  const index = path.join(channel, 'linux-64', 'repodata.json')
  const { 'packages.conda': records } = JSON.parse(readFileSync(index, 'utf8'))
  const revised = Object.entries(records).map(([fn, record]) => [fn.replace('.conda', ''), record])
  writeFileSync(index, JSON.stringify({ v3: { conda: Object.fromEntries(revised) } }))
  expect((await krait(['package', 'check', file, '-c', channel])).stdout).toBe(inChannel.stdout)
  const named = await krait(['package', 'check', file, '--previous', before.file])
  expect(named.stdout).toBe(inChannel.stdout)
  const both = await krait(['package', 'check', file, '--previous', before.file, '-c', channel])
  expect(both.code).toBe(2)
})

test.each([
  {
    subdir: 'win-64',
    name: 'lib/a.dll',
    bytes: pe({ machine: 0xaa64 }),
    says: ['it is for arm64, and the package for win-64'],
  },
  { subdir: 'win-64', name: 'lib/a-arm64.exe', bytes: pe({ machine: 0xaa64 }), says: [] },
  {
    subdir: 'win-64',
    name: 'lib/a.dll',
    bytes: pe({ imports: ['x.dll'] }).subarray(0, 1030),
    says: ['damaged program or library'],
  },
  { subdir: 'linux-64', name: 'lib/a.dll', bytes: pe({ machine: 0xaa64 }), says: [] },
  {
    subdir: 'osx-64',
    name: 'lib/a.dylib',
    bytes: machO({}),
    says: ['it is for arm64, and the package for osx-64'],
  },
  {
    subdir: 'osx-64',
    name: 'lib/a.dylib',
    bytes: fatMachO([machO({}), machO({ processor: 0x1000007 })]),
    says: [],
  },
  {
    subdir: 'osx-64',
    name: 'lib/a.dylib',
    bytes: machO({}).fill(0xff, 16, 24),
    says: ['its load commands are damaged'],
  },
])('$name of $subdir: $says', async ({ subdir, name, bytes, says }) => {
  const { code, problems } = await check({ name: 'demo', subdir, files: { [name]: { text: bytes } } })
  expect({ code, problems }).toEqual({
    code: 0,
    problems: says.map((part) => expect.stringMatching(new RegExp(`^warning binary ${name} .*${part}`))),
  })
})

test('ELF files of packages for other systems are data, whatever processor they are for', async () => {
  const directory = tempDirectory()
  const [source, library] = [path.join(directory, 'a.c'), path.join(directory, 'a.so')]
  writeFileSync(source, 'int f(void) { return 1; }')
  execFileSync('gcc', ['-shared', '-fPIC', '-nostdlib', '-o', library, source])
  const bytes = readFileSync(library)
  bytes.writeUInt16LE(243, 18)
  for (const subdir of ['osx-64', 'win-64', 'linux-64']) {
    const files = { 'lib/a.so': { text: bytes }, 'lib/a.pyd': { text: bytes.subarray(0, 100) } }
    expect(await check({ name: 'demo', subdir, files })).toMatchObject({ code: 0, problems: [] })
  }
})

test('a policy that is met is silent, and one that is not is told with its line', async () => {
  const directory = tempDirectory()
  const policy = path.join(directory, 'expect.yaml')
  const files = { 'bin/tool': 'tool', 'lib/a.a': 'a'.repeat(2000), 'lib/b.a': 'b' }
  const { file } = await written({ name: 'demo', files }, directory)
  const judge = (text: string, ...more: string[]) => {
    writeFileSync(policy, text)
    return krait(['package', 'check', file, '--expect', 'expect.yaml', ...more], { cwd: directory })
  }
  const met = `expect:
  max-size: 2005
  max-archive-size: 1 MB
  max-growth: 0
  forbidden: ['*.so', '*.json']
  must-have: [bin/tool, lib, info/index.json]
`
  expect(await judge(met)).toMatchObject({
    code: 0,
    stderr: '',
    stdout: expect.stringContaining('nothing is wrong'),
  })
  const unmet = `expect:
  max-size: 2 kB
  max-archive-size: 10
  forbidden: ['*.a']
  must-have: [bin/tool, include/*.h]
`
  const { code, stdout } = await judge(unmet)
  expect(code).toBe(8)
  const lines = [
    'error: the content has 2005 bytes (the largest: `lib/a.a` 2000, `bin/tool` 4, `lib/b.a` 1), 5 more than the 2 kB that are expected (expect.yaml:2:13)',
    'error: lib/a.a: it matches `*.a`, which is forbidden; also `lib/b.a` (expect.yaml:4:15)',
    'error: no file matches `include/*.h`, which the package must have (expect.yaml:5:25)',
  ]
  for (const line of lines) expect(stdout).toContain(`${line}\n`)
  expect(stdout).toMatch(
    /error: the archive has \d+ bytes, \d+ more than the 10 that are expected \(expect.yaml:3:21\)/,
  )
  const { problems } = JSON.parse((await judge(unmet, '--json')).stdout)
  expect(problems[2]).toMatchObject({
    check: 'expect',
    matches: ['lib/a.a', 'lib/b.a'],
    location: 'expect.yaml:4:15',
  })
})

test('a policy decides how much a package may grow, and all changed files are told', async () => {
  const directory = tempDirectory()
  const before = await written(
    { name: 'demo', version: '0.9', files: { a: '12', b: '1', same: 'x' } },
    directory,
  )
  const { file } = await written({ name: 'demo', files: { a: '1234', c: '1', same: 'x' } }, directory)
  const policy = path.join(directory, 'expect.yaml')
  const judge = (growth: string, ...more: string[]) => {
    writeFileSync(policy, `expect: {max-growth: ${growth}}`)
    return krait(['package', 'check', file, '--expect', policy, '--previous', before.file, ...more])
  }
  expect((await judge('50 %')).code).toBe(0)
  const { code, stdout } = await judge('49.9%')
  expect([code, stdout]).toEqual([
    8,
    expect.stringContaining(
      'the content has 6 bytes, 2 more than in `demo-0.9-0.conda`; 49.9% are expected at most',
    ),
  ])
  expect(stdout).toContain(
    'since demo-0.9-0.conda (4 B -> 6 B):\n  ~ a (2 -> 4 bytes)\n  - b (1 B)\n  + c (1 B)\n',
  )
  expect(JSON.parse((await judge('1', '--json')).stdout).changes).toEqual({
    contentBytes: 4,
    files: [
      { path: 'a', before: 2, after: 4 },
      { path: 'b', before: 1 },
      { path: 'c', after: 1 },
    ],
  })
})

test('a policy with mistakes is shown with its lines, and judges nothing', async () => {
  const { directory, file } = await written(good)
  const judge = (text: string) => {
    writeFileSync(path.join(directory, 'expect.yaml'), text)
    return krait(['package', 'check', file, '--expect', 'expect.yaml'], { cwd: directory })
  }
  const { code, stdout, stderr } = await judge('expect:\n  max-siz: 5\n')
  expect([code, stdout, stderr]).toEqual([2, '', expect.stringContaining('--> expect.yaml:2:3')])
  expect(stderr).toContain('did you mean `max-size`?')
  for (const [policy, reason] of [
    ['none.yaml', 'there is no such file'],
    ['.', 'it is no file'],
  ] as const) {
    const refused = await krait(['package', 'check', file, '--expect', policy], { cwd: directory })
    expect(refused.stderr).toContain(
      `error[settings/no-expectations]: the policy \`${policy}\` cannot be read: ${reason}`,
    )
    expect(refused.code).toBe(2)
  }
})

test('what krait builds passes', async () => {
  const output = tempDirectory()
  await krait(['build', 'recipes/greeter', '--output-dir', output, '--test', 'skip'])
  for (const name of ['greeter', 'libgreet']) {
    const file = path.join(output, 'linux-64', `${name}-1.2.0-hb0f4dca_0.conda`)
    const { code, stdout } = await krait(['package', 'check', file])
    expect([code, stdout]).toEqual([0, expect.stringContaining('nothing is wrong')])
    const expected = await krait(['package', 'check', file, '--expect', 'recipes/expect.yaml'])
    expect([name, expected.code]).toEqual([name, name === 'libgreet' ? 0 : 8])
  }
})
