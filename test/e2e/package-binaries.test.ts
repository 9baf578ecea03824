/** `krait package inspect --binaries`: what programs and libraries of a package ask for. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { type PackageSpec, writePackage } from '../stages/install-prefixes/packages.js'
import { fatMachO, machO } from '../stages/write-package/mach-o-files.js'
import { pe } from '../stages/write-package/pe-files.js'
import { krait } from '../support/krait.js'
import { tempDirectory, testContext } from '../support/system.js'

async function inspect(spec: Omit<PackageSpec, 'name'>, ...flags: readonly string[]) {
  const directory = tempDirectory()
  const { subdir, fn } = await writePackage(directory, { name: 'demo', ...spec }, testContext().context)
  return krait(['package', 'inspect', path.join(directory, subdir, fn), '--binaries', ...flags])
}

/** A library of C with versions of its own, and a program that is linked to it and to the C library. */
function compiled() {
  const directory = tempDirectory()
  const at = (name: string) => path.join(directory, name)
  writeFileSync(at('greet.c'), 'int greet(void) { return 1; }\nint greet_all(void) { return 2; }\n')
  writeFileSync(
    at('greet.map'),
    'GREET_1.9 { global: greet; };\nGREET_1.10 { global: greet_all; } GREET_1.9;\n',
  )
  writeFileSync(
    at('main.c'),
    '#include <stdio.h>\nint greet(void);\nint greet_all(void);\nint main(void) { return printf("%d", greet() + greet_all()); }\n',
  )
  const flags = [
    '-shared',
    '-fPIC',
    '-nostdlib',
    '-Wl,-soname,libgreet.so.1',
    '-Wl,--version-script,greet.map',
  ]
  execFileSync('gcc', [...flags, '-o', 'libgreet.so.1', 'greet.c'], { cwd: directory })
  const linked = ['main.c', './libgreet.so.1', '-Wl,-rpath,$ORIGIN/../lib:/opt/x']
  execFileSync('gcc', ['-o', 'hello', ...linked], { cwd: directory })
  return { directory, library: readFileSync(at('libgreet.so.1')), program: readFileSync(at('hello')) }
}

/** As the tools for ELF files call the processor of this machine. */
const processor = { x64: 'x86_64', arm64: 'aarch64' }[process.arch as string] ?? process.arch

describe.each(['conda', 'tar.bz2'] as const)('of a %s package', (format) => {
  test('programs and libraries are shown with what they need, and what the package has of it', async () => {
    const { library, program } = compiled()
    const spec = {
      format,
      files: {
        'share/words': 'one\n',
        'bin/hello': { text: program, executable: true },
        'lib/libgreet.so': { link: 'libgreet.so.1' },
        'lib/libgreet.so.1': { text: library },
      },
    }
    const { code, stdout, stderr } = await inspect(spec)
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/^Name +demo\n/)
    expect(stdout.slice(stdout.indexOf('\nBinaries'))).toMatch(
      new RegExp(
        `^
Binaries \\(2 files\\):
  bin/hello  ELF, ${processor}, \\d+ exports?
    needs     libc\\.so\\.6, libgreet\\.so\\.1 \\(in this package\\)
    run path  \\$ORIGIN/\\.\\./lib, /opt/x
    versions  GLIBC_2\\.\\d+, GREET_1\\.10
  lib/libgreet\\.so\\.1  ELF, ${processor}, \\d exports
    soname    libgreet\\.so\\.1
$`,
      ),
    )
    const json = JSON.parse((await inspect(spec, '--json')).stdout)
    expect(Object.keys(json)).toEqual(['index', 'binaries'])
    expect(json.binaries[0]).toEqual({
      path: 'bin/hello',
      kind: 'ELF',
      processors: [processor],
      needed: [
        { name: 'libc.so.6', in_package: false },
        { name: 'libgreet.so.1', in_package: true },
      ],
      run_path: ['$ORIGIN/../lib', '/opt/x'],
      versions: [expect.stringMatching(/^GLIBC_2\.\d+$/), 'GREET_1.10'],
      exports: expect.any(Number),
    })
    expect(json.binaries[1]).toMatchObject({
      soname: 'libgreet.so.1',
      needed: [],
      run_path: [],
      versions: [],
    })
    // The two functions, and the names of both versions.
    expect(json.binaries[1].exports).toBe(4)
  })

  test('DLLs and Mach-O files are shown, universal ones too', async () => {
    const { stdout } = await inspect({
      format,
      files: {
        'Library/bin/a.dll': {
          text: pe({
            name: 'a.dll',
            imports: ['KERNEL32.dll', 'B.DLL'],
            exports: ['f', 'g'],
            machine: 0xaa64,
          }),
        },
        'Library/bin/b.dll': { text: pe({ delayImports: ['A.dll'] }) },
        'lib/liba.1.dylib': {
          text: machO({
            id: '@rpath/liba.1.dylib',
            libraries: ['/usr/lib/libSystem.B.dylib', '@rpath/libb.dylib', '/usr/lib/libb.dylib'],
            rpaths: ['@loader_path/'],
            symbols: [{ name: '_f' }, { name: '_f' }, { name: '_undefined', type: 1 }],
          }),
        },
        'lib/libb.dylib': {
          text: fatMachO([machO({ trie: ['_b1'] }), machO({ processor: 0x1000007, trie: ['_b1', '_b2'] })]),
        },
      },
    })
    expect(stdout.slice(stdout.indexOf('\nBinaries'))).toBe(`
Binaries (4 files):
  Library/bin/a.dll  PE, arm64, 2 exports
    name      a.dll
    needs     B.DLL (in this package), KERNEL32.dll
  Library/bin/b.dll  PE, x86_64, 0 exports
    needs     A.dll (in this package)
  lib/liba.1.dylib  Mach-O, arm64, 1 export
    id        @rpath/liba.1.dylib
    needs     /usr/lib/libSystem.B.dylib, /usr/lib/libb.dylib, @rpath/libb.dylib (in this package)
    run path  @loader_path/
  lib/libb.dylib  Mach-O, arm64 and x86_64, 2 exports
`)
  })

  test('without programs and libraries one line says so', async () => {
    const spec = {
      format,
      files: { 'share/a': 'text', 'share/b': { link: 'a' }, 'share/c': 'MZ', 'share/empty': '' },
    }
    expect((await inspect(spec)).stdout).toMatch(/^Subdir +linux-64\n.*\n\nBinaries: none\n$/m)
    expect(JSON.parse((await inspect(spec, '--json')).stdout).binaries).toEqual([])
  })
})

test('damaged programs and libraries are listed with what is wrong, and those in info/ are not listed', async () => {
  const { library } = compiled()
  const files = {
    'a.so': { text: library.subarray(0, 100) },
    'b.dll': { text: pe({ imports: ['x.dll'] }).subarray(0, 0x410) },
    'c.dylib': { text: machO({}).fill(0xff, 16, 24) },
    'd.dylib': { text: fatMachO([machO({})]).subarray(0, 8000) },
  }
  const { code, stdout } = await inspect({ files, info: { 'test/e.so': library.toString('latin1') } })
  expect(code).toBe(0)
  expect(stdout.slice(stdout.indexOf('\nBinaries'))).toBe(`
Binaries (4 files):
  a.so  ELF, damaged: its table of segments lies outside of the file
  b.dll  PE, damaged: a table lies outside of its sections
  c.dylib  Mach-O, damaged: its load commands are damaged
  d.dylib  Mach-O, damaged: a part for one of its processors lies outside of the file
`)
  const { binaries } = JSON.parse((await inspect({ files }, '--json')).stdout)
  expect(binaries[2]).toEqual({ path: 'c.dylib', kind: 'Mach-O', damage: 'its load commands are damaged' })
})

test('hostile names neither steer the terminal, nor hide files, nor look like others', async () => {
  const evil = '\u001b]0;\nBinaries: none\n\u0007\u009b31m\u202e'
  const { stdout } = await inspect({
    files: {
      'lib/a\u001b]0;': { text: machO({ id: evil, libraries: [`${evil}2`], rpaths: [evil] }) },
      'lib/b.dylib': { text: machO({}) },
      'lib/c\u0007': { text: machO({}) },
    },
  })
  const shown = '?]0;?Binaries: none???31m?'
  expect(stdout.slice(stdout.indexOf('\nBinaries'))).toBe(`
Binaries (3 files):
  lib/a?]0;  Mach-O, arm64, 0 exports
    id        ${shown}
    needs     ${shown}2
    run path  ${shown}
  lib/b.dylib  Mach-O, arm64, 0 exports
  lib/c?  Mach-O, arm64, 0 exports
`)
})

test('many needed libraries take lines of at most 100 columns', async () => {
  const libraries = Array.from({ length: 30 }, (_, index) => `@rpath/libnumber${index}.dylib`)
  const { stdout } = await inspect({ files: { 'a.dylib': { text: machO({ libraries, headerSize: 4000 }) } } })
  const lines = stdout.split('\n')
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100)
  expect(lines.filter((line) => line.includes('libnumber')).length).toBeLessThan(12)
  expect(stdout.match(/libnumber\d+\.dylib/g)).toHaveLength(30)
})

test('a hard link is shown as the file that it is', async () => {
  const { directory, library } = compiled()
  mkdirSync(path.join(directory, 'info'))
  writeFileSync(
    path.join(directory, 'info/index.json'),
    JSON.stringify({
      name: 'demo',
      version: '1',
      build: '0',
      build_number: 0,
      depends: [],
      subdir: 'linux-64',
    }),
  )
  execFileSync('ln', ['libgreet.so.1', 'libother.so'], { cwd: directory })
  const members = ['info', 'libgreet.so.1', 'libother.so']
  execFileSync('tar', ['-cjf', 'demo-1-0.tar.bz2', ...members], { cwd: directory })
  const { stdout } = await krait(['package', 'inspect', 'demo-1-0.tar.bz2', '--binaries', '--json'], {
    cwd: directory,
  })
  const { binaries } = JSON.parse(stdout)
  expect(binaries.map((binary: { path: string }) => binary.path)).toEqual(['libgreet.so.1', 'libother.so'])
  expect(binaries[1]).toMatchObject({ soname: 'libgreet.so.1', kind: 'ELF' })
  expect(library.length).toBeGreaterThan(0)
})

test('--all does not read the whole package: its JSON stays as it was', async () => {
  const directory = tempDirectory()
  const spec: PackageSpec = { name: 'demo', files: { 'a.dylib': { text: machO({}) } } }
  const { subdir, fn } = await writePackage(directory, spec, testContext().context)
  const file = path.join(directory, subdir, fn)
  const { stdout } = await krait(['package', 'inspect', file, '--all', '--json'])
  expect(Object.keys(JSON.parse(stdout))).toEqual(['index', 'paths'])
  expect((await krait(['package', 'inspect', file, '--all'])).stdout).not.toContain('Binaries')
})
