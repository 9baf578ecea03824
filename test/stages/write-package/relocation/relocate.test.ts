import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { extractPackage } from '../../../../src/archive/index.js'
import type { ScriptResult } from '../../../../src/stages/run-script/index.js'
import { parseFatMachO } from '../../../../src/stages/write-package/binaries/fat-mach-o.js'
import { parseMachO } from '../../../../src/stages/write-package/binaries/mach-o.js'
import {
  elfTags,
  parseElf,
  readSymbols,
  readTexts,
  readVersions,
  writePackage,
} from '../../../../src/stages/write-package/index.js'
import { planRunPath } from '../../../../src/stages/write-package/relocation/run-path.js'
import { type TestSystemOptions, tempDirectory, testContext } from '../../../support/system.js'
import { placeholder } from '../build-package.js'
import { buildPlan, type PlanOptions, tool } from '../build-plan.js'
import { fatMachO, isSignedRightly, type MachOFixture, machO } from '../mach-o-files.js'

const library = 'int answer(void) { return 42; }\n'
const program =
  '#include <stdio.h>\nint answer(void);\nint main(void) { printf("%d\\n", answer()); return 0; }\n'

function gcc(plan: ScriptResult, source: string, args: readonly string[]): void {
  const file = path.join(plan.directories.work, 'x.c')
  fs.writeFileSync(file, source)
  execFileSync('gcc', [file, ...args], { cwd: plan.directories.host })
}

/** `lib/libanswer.so` and `bin/tool`, which needs it, linked with the given flags. */
function compilePair(plan: ScriptResult, flags: readonly string[], source = program): void {
  const { host } = plan.directories
  for (const directory of ['bin', 'lib']) fs.mkdirSync(path.join(host, directory), { recursive: true })
  gcc(plan, library, ['-shared', '-fPIC', '-o', 'lib/libanswer.so'])
  gcc(plan, source, ['-o', 'bin/tool', '-Llib', '-lanswer', ...flags])
}

async function packaged(
  options: PlanOptions & { readonly system?: TestSystemOptions },
  fill: (plan: ScriptResult) => void,
) {
  const root = tempDirectory()
  const plan = buildPlan(root, options)
  fill(plan)
  const { context, events } = testContext(options.system)
  const { artifact } = await writePackage(plan, { tool }, context)
  const extracted = path.join(root, 'moved')
  await extractPackage(artifact.path, extracted, testContext().context)
  fs.rmSync(plan.directories.host, { recursive: true })
  const readelf = (file: string) => execFileSync('readelf', ['-dW', path.join(extracted, file)]).toString()
  return { extracted, readelf, events, plan }
}

const run = (directory: string) => execFileSync(path.join(directory, 'bin/tool')).toString()

describe('a program that was linked with the prefix as its run path', () => {
  test.each([
    { title: 'RUNPATH', flag: '--enable-new-dtags' },
    { title: 'RPATH', flag: '--disable-new-dtags' },
  ])('runs where the package is unpacked, without any tool ($title)', async ({ flag }) => {
    // Without patchelf on PATH: the file is edited in place.
    const system = { env: { PATH: '' } }
    const { extracted, readelf } = await packaged({ system }, (plan) => {
      compilePair(plan, [`-Wl,${flag}`, `-Wl,-rpath,${plan.directories.host}/lib`])
      gcc(plan, library, [
        '-shared',
        '-fPIC',
        '-o',
        'lib/libanswer.so',
        `-Wl,-rpath,${plan.directories.host}/lib`,
      ])
    })
    expect(run(extracted)).toBe('42\n')
    expect(readelf('bin/tool')).toMatch(/\(RPATH\)\s+Library rpath: \[\$ORIGIN\/\.\.\/lib\]/)
    expect(readelf('bin/tool')).not.toContain('RUNPATH')
    expect(readelf('lib/libanswer.so')).toMatch(/\(RPATH\)\s+Library rpath: \[\$ORIGIN\/\]/)
  })

  test('is left as it is when it is static: it relocates itself, and patchelf would break it', async () => {
    const { extracted, readelf } = await packaged({}, (plan) => {
      fs.mkdirSync(path.join(plan.directories.host, 'bin'))
      gcc(plan, '#include <stdio.h>\nint main(void) { puts("alone"); }\n', ['-static-pie', '-o', 'bin/tool'])
    })
    expect(run(extracted)).toBe('alone\n')
    expect(readelf('bin/tool')).not.toContain('RPATH')
  })

  test('keeps a symbol whose name lies in the tail of the run path', async () => {
    const source = `${program}int lib(void) { return 7; }\n`
    const { extracted } = await packaged({}, (plan) =>
      compilePair(plan, ['-rdynamic', `-Wl,-rpath,${plan.directories.host}/lib`], source),
    )
    expect(run(extracted)).toBe('42\n')
    const elf = parseElf(fs.readFileSync(path.join(extracted, 'bin/tool')))
    expect(elf && readSymbols(elf).map((symbol) => symbol.name)).toContain('lib')
    expect(elf && readTexts(elf, elfTags.rpath)).toEqual(['$ORIGIN/../lib'])
  })
})

test('a program without a run path gets one from patchelf', async () => {
  const { extracted, readelf } = await packaged({}, (plan) => compilePair(plan, []))
  expect(readelf('bin/tool')).toContain('Library rpath: [$ORIGIN/../lib]')
  expect(run(extracted)).toBe('42\n')
})

test('without patchelf such a program is refused when it needs a library of the prefix', async () => {
  const system = { env: { PATH: '' } }
  await expect(packaged({ system }, (plan) => compilePair(plan, []))).rejects.toMatchObject({
    code: 'package/patchelf-missing',
    hint: expect.stringContaining('patchelf'),
  })
})

test('without patchelf a program that needs nothing of the prefix stays as it is, with a warning', async () => {
  const system = { env: { PATH: '' } }
  const { events, readelf } = await packaged({ system }, (plan) =>
    gcc(plan, 'int main(void) { return 0; }\n', ['-o', 'tool']),
  )
  expect(readelf('tool')).not.toContain('PATH')
  expect(events).toContainEqual(expect.objectContaining({ code: 'package/no-rpath' }))
})

test.each([
  { title: 'false', binary_relocation: false },
  { title: 'globs that do not match', binary_relocation: ['lib'] },
])('binary_relocation: $title leaves programs alone', async ({ binary_relocation }) => {
  const recipe = { build: { dynamic_linking: { binary_relocation } } }
  const { readelf } = await packaged({ recipe }, (plan) =>
    compilePair(plan, [`-Wl,-rpath,${plan.directories.host}/lib`]),
  )
  expect(readelf('bin/tool')).toContain('/krait/bld/demo/host_env_placehold')
})

test('a run path outside of the prefix is dropped with a warning unless it is allowed', async () => {
  const fill = (plan: ScriptResult) =>
    compilePair(plan, [`-Wl,-rpath,${plan.directories.host}/lib:/opt/vendor/lib`])
  const refused = await packaged({}, fill)
  expect(refused.readelf('bin/tool')).not.toContain('/opt/vendor')
  expect(refused.events).toContainEqual(expect.objectContaining({ code: 'package/rpath-dropped' }))
  const recipe = { build: { dynamic_linking: { rpath_allowlist: ['/opt/**'] } } }
  const allowed = await packaged({ recipe }, fill)
  expect(allowed.readelf('bin/tool')).toContain('[$ORIGIN/../lib:/opt/vendor/lib]')
})

test('a Mach-O library gets names and run paths that hold wherever the package lies', async () => {
  const fill = (plan: ScriptResult) => {
    const { host } = plan.directories
    fs.mkdirSync(path.join(host, 'lib'), { recursive: true })
    const bytes = machO({ id: `${host}/lib/liba.dylib`, rpaths: [`${host}/lib`], signature: 'ad-hoc' })
    fs.writeFileSync(path.join(host, 'lib/liba.dylib'), bytes)
  }
  const { extracted } = await packaged({ subdir: 'osx-arm64' }, fill)
  const shipped = fs.readFileSync(path.join(extracted, 'lib/liba.dylib'))
  expect(parseMachO(shipped)).toMatchObject({ id: '@rpath/liba.dylib', rpaths: ['@loader_path'] })
  expect(isSignedRightly(shipped)).toBe(true)
})

describe('a universal Mach-O file', () => {
  const write = (name: string, make: (host: string) => Buffer) => (plan: ScriptResult) =>
    fs.writeFileSync(path.join(plan.directories.host, name), make(plan.directories.host))
  const part = (host: string, more: Partial<MachOFixture> = {}) =>
    machO({ id: `${host}/lib/x.dylib`, rpaths: [`${host}/lib`], signature: 'ad-hoc', ...more })
  const intel = 0x1000007
  const osx = { subdir: 'osx-arm64' }

  test.each([{ isWide: false }, { isWide: true }])(
    'is relocated part by part (64-bit offsets: $isWide)',
    async ({ isWide }) => {
      const fill = write('x.dylib', (host) =>
        fatMachO([part(host, { processor: intel }), part(host)], isWide),
      )
      const { extracted, events } = await packaged(osx, fill)
      const shipped = parseFatMachO(fs.readFileSync(path.join(extracted, 'x.dylib')))
      if (shipped?.kind !== 'slices') throw new Error('the file is no universal file any more')
      expect(shipped.slices.map(({ file }) => file)).toMatchObject([
        { id: '@rpath/x.dylib', rpaths: ['@loader_path/lib'], processor: intel },
        { id: '@rpath/x.dylib', rpaths: ['@loader_path/lib'] },
      ])
      expect(shipped.slices.map(({ file }) => isSignedRightly(file.bytes))).toEqual([true, true])
      expect(events.filter(({ type }) => type === 'warning')).toEqual([])
    },
  )

  test('whose parts differ is a warning that says in what', async () => {
    const fill = write('x.dylib', (host) =>
      fatMachO([
        part(host, { processor: intel, libraries: ['/usr/lib/libz.dylib'] }),
        part(host, { rpaths: [] }),
      ]),
    )
    const { events } = await packaged(osx, fill)
    expect(events).toContainEqual(
      expect.objectContaining({
        code: 'package/slices-differ',
        message: 'the parts of `x.dylib` for its processors differ: libraries, run paths',
      }),
    )
  })

  test.each([
    { what: 'cut short', says: 'cut short', make: () => fatMachO([machO({})]).subarray(0, 20) },
    {
      what: 'with a part outside of the file',
      says: 'outside of the file',
      make: () => fatMachO([machO({})]).subarray(0, 6000),
    },
    {
      what: 'for one processor twice',
      says: 'two parts for one',
      make: (host: string) => withFirstRow(fatMachO([part(host), part(host)]), 1),
    },
    {
      what: 'with a part that no Mac reads',
      says: 'not all of its processors',
      make: (host: string) => fatMachO([part(host), Buffer.from('feedface0000001200000000', 'hex')]),
    },
    {
      what: 'with a damaged part',
      says: 'not all of its processors',
      make: (host: string) => fatMachO([part(host).fill(0xff, 16, 24)]),
    },
  ])('$what is refused', async ({ says, make }) => {
    const told = packaged(
      osx,
      write('x.dylib', (host) => make(host)),
    )
    await expect(told).rejects.toMatchObject({
      code: 'package/relocation',
      message: expect.stringContaining(says),
    })
  })

  test('of static libraries stays as it is, and a Java class is none', async () => {
    const archive = fatMachO([Buffer.from('!<arch>\n\0\0\0\0\0\0\0\0')])
    const { extracted } = await packaged(
      osx,
      write('x.a', () => archive),
    )
    expect(fs.readFileSync(path.join(extracted, 'x.a'))).toEqual(archive)
    const java = Buffer.alloc(64)
    java.writeUInt32BE(0xcafebabe, 0)
    java.writeUInt32BE(52, 4)
    await packaged(
      osx,
      write('X.class', () => java),
    )
  })

  test('in a package for Linux is data', async () => {
    const { extracted, plan } = await packaged(
      {},
      write('x.dylib', () => fatMachO([machO({ rpaths: ['/opt'] })])),
    )
    expect(plan.platforms.host.subdir).toBe('linux-64')
    expect(fs.readFileSync(path.join(extracted, 'x.dylib'))).toEqual(fatMachO([machO({ rpaths: ['/opt'] })]))
  })
})

/** Another `cpusubtype` for the first part. */
function withFirstRow(bytes: Buffer, subtype: number): Buffer {
  bytes.writeUInt32BE(subtype, 12)
  return bytes
}

test.each([{ isFat: false }, { isFat: true }])(
  'the signature fits when the prefix is in the data of a Mach-O library, too (universal: $isFat)',
  async ({ isFat }) => {
    const fill = (plan: ScriptResult) => {
      const { host } = plan.directories
      const thin = machO({ id: `${host}/lib/x.dylib`, data: `${host}/share\0`, signature: 'ad-hoc' })
      fs.writeFileSync(path.join(host, 'x.dylib'), isFat ? fatMachO([thin]) : thin)
    }
    const recipe = { build: { prefix_detection: { ignore: true } } }
    const { extracted, plan } = await packaged({ subdir: 'osx-arm64', recipe }, fill)
    const shipped = fs.readFileSync(path.join(extracted, 'x.dylib'))
    expect(shipped.includes(`${placeholder(plan)}/share`)).toBe(true)
    expect(isSignedRightly(isFat ? shipped.subarray(4096) : shipped)).toBe(true)
  },
)

test('a damaged Mach-O library is refused, not shipped', async () => {
  const fill = (plan: ScriptResult) =>
    fs.writeFileSync(path.join(plan.directories.host, 'x.dylib'), machO({ id: 'x' }).fill(0xff, 16, 24))
  await expect(packaged({ subdir: 'osx-64' }, fill)).rejects.toThrow('its load commands are damaged')
})

test('counts that a hostile file makes up do not keep the reader busy', () => {
  const original = fs.readFileSync('/bin/ls')
  const elf = parseElf(original)
  if (elf === undefined) throw new Error('/bin/ls is no ELF file')
  const bytes = Buffer.from(original)
  for (const { at, tag, value } of elf.dynamic) {
    if (tag === elfTags.verneednum) bytes.writeBigUInt64LE(0xffff_ffffn, at + 8)
    if (tag === elfTags.gnuHash) bytes.writeUInt32LE(0xffff_ffff, elf.toOffset(value) ?? 0)
    // The distance to the next record.
    if (tag === elfTags.verneed) bytes.writeUInt32LE(0, (elf.toOffset(value) ?? 0) + 12)
  }
  const damaged = parseElf(bytes)
  if (damaged === undefined) throw new Error('the file is no ELF file any more')
  expect(readSymbols(damaged)).toBeInstanceOf(Array)
  expect(readVersions(damaged).required.length).toBeLessThan(100)
})

test('names and records that a hostile file counts again and again do not keep the reader busy', () => {
  const ls = fs.readFileSync('/bin/ls')
  const original = parseElf(ls)
  if (original === undefined) throw new Error('/bin/ls is no ELF file')
  // Everything behind the tables is one text of megabytes, and whatever has a name begins in it.
  const bytes = Buffer.concat([ls, Buffer.alloc(4 << 20, 'x')])
  const table = original.toOffset(original.dynamic.find(({ tag }) => tag === elfTags.symtab)?.value ?? 0) ?? 0
  const name = ls.length - original.strings.at
  const known = readSymbols(original).length
  for (let index = 1; index <= known; index++) bytes.writeUInt32LE(name, table + index * 24)
  const versions =
    original.toOffset(original.dynamic.find(({ tag }) => tag === elfTags.verneed)?.value ?? 0) ?? 0
  for (const { at, tag } of original.dynamic) {
    if (tag === elfTags.verneednum) bytes.writeBigUInt64LE(0xffff_ffffn, at + 8)
  }
  // Each record is followed by one a byte further on, with as many parts as a number can say.
  bytes.writeUInt16LE(0xffff, versions + 2)
  bytes.writeUInt32LE(1, versions + 12)
  const hostile = parseElf(bytes)
  if (hostile === undefined) throw new Error('the file is no ELF file any more')
  expect(readSymbols(hostile).length).toBeLessThan(known)
  expect(readVersions(hostile).required.length).toBeLessThan(bytes.length / 8)
})

test('the versions of symbols can be read', () => {
  const elf = parseElf(fs.readFileSync('/bin/ls'))
  const versions = elf && readVersions(elf)
  expect(versions?.required.map(({ library }) => library)).toContain('libc.so.6')
  expect(versions?.required.map(({ version }) => version)).toContain('GLIBC_2.2.5')
})

test('damaged files are no reason to fail', () => {
  const bytes = fs.readFileSync('/bin/ls')
  for (let length = 0; length < bytes.length; length += 997) {
    const elf = parseElf(bytes.subarray(0, length))
    if (elf) expect(readSymbols(elf)).toBeInstanceOf(Array)
  }
})

const prefix = '/p/env'

test.each([
  { file: 'bin/x', entry: '/p/env/lib', expected: '$ORIGIN/../lib' },
  { file: 'lib/a.so', entry: '/p/env/lib', expected: '$ORIGIN/' },
  { file: 'lib/sub/a.so', entry: '/p/env/lib', expected: '$ORIGIN/..' },
  { file: 'bin/x', entry: '/p/env/opt/x/', expected: '$ORIGIN/../opt/x' },
  { file: 'bin/x', entry: '${ORIGIN}/../lib', expected: '${ORIGIN}/../lib' },
  { file: 'bin/x', entry: '$ORIGIN/../../out', expected: undefined },
  { file: 'bin/x', entry: '/p/environment/lib', expected: undefined },
  { file: 'bin/x', entry: '/usr/lib', expected: undefined },
])('$entry of $file becomes $expected', ({ file, entry, expected }) => {
  const request = { rpath: [entry], runpath: [], configured: [], prefix, file, isAllowed: () => false }
  expect(planRunPath(request).entries[0]).toBe(expected)
})

test('RPATH comes first, then what the recipe wants, then RUNPATH, each once', () => {
  const request = {
    rpath: ['/p/env/a'],
    configured: ['lib/', '$ORIGIN/../q'],
    runpath: ['/p/env/lib', '/p/env/b'],
    prefix,
    file: 'bin/x',
    isAllowed: () => false,
  }
  expect(planRunPath(request).entries).toEqual([
    '$ORIGIN/../a',
    '$ORIGIN/../lib',
    '$ORIGIN/../q',
    '$ORIGIN/../b',
  ])
})
