/** `krait package diff`: what differs between two packages, down to symbols and lines. */
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { type PackageSpec, writePackage } from '../stages/install-prefixes/packages.js'
import { fatMachO, machO } from '../stages/write-package/mach-o-files.js'
import { pe } from '../stages/write-package/pe-files.js'
import { krait } from '../support/krait.js'
import { tempDirectory, testContext } from '../support/system.js'

function library(directory: string, code: string, ...flags: string[]): Buffer {
  const [source, target] = [path.join(directory, 'lib.c'), path.join(directory, 'lib.so')]
  writeFileSync(source, code)
  execFileSync('gcc', ['-shared', '-fPIC', '-nostdlib', ...flags, '-o', target, source])
  return readFileSync(target)
}

async function compare(before: PackageSpec, after: PackageSpec, ...flags: string[]) {
  const directory = tempDirectory()
  const { context } = testContext()
  const write = async (name: string, spec: PackageSpec) => {
    const { subdir, fn } = await writePackage(path.join(directory, name), spec, context)
    return path.join(directory, name, subdir, fn)
  }
  const files = [await write('a', before), await write('b', after)]
  return krait(['package', 'diff', ...files, ...flags])
}

const demo: PackageSpec = { name: 'demo', files: { 'share/words': 'one\ntwo\n' } }

test('the same package ends with 0 and one line', async () => {
  expect(await compare(demo, demo)).toEqual({
    code: 0,
    stdout: 'no difference: the archives are identical\n',
    stderr: '',
  })
})

test('the same content in another format is the same', async () => {
  const { code, stdout } = await compare(demo, { ...demo, format: 'tar.bz2' })
  expect([code, stdout]).toEqual([0, expect.stringContaining('no difference in content')])
})

test('metadata, requirements, files, modes, placeholders and lines are told, and counted in the last line', async () => {
  const { code, stdout } = await compare(
    {
      ...demo,
      index: { depends: ['zlib >=1.2', 'gone'] },
      files: { 'share/words': 'one\ntwo\n', 'share/old': 'x', 'bin/tool': 'same', 'lib/l': { link: 'a' } },
    },
    {
      ...demo,
      version: '1.1',
      index: { depends: ['zlib >=1.3', 'new'] },
      files: {
        'share/words': 'one\n2\n',
        'share/new': 'xyz',
        'bin/tool': { text: 'same', executable: true, placeholder: '/opt', mode: 'text' },
        'lib/l': { link: 'b' },
      },
    },
  )
  expect(code).toBe(9)
  expect(stdout).toBe(`demo-1.0-0 -> demo-1.1-0

metadata
  index.version: "1.0" -> "1.1"

requirements
  ~ zlib >=1.2 -> zlib >=1.3
  - gone
  + new

files
  ~ bin/tool: mode 644 -> 755, placeholder none -> text
  ~ lib/l: link to a -> b
  + share/new (3 B)
  - share/old
  ~ share/words: 8 -> 6 bytes
      @@ -1,2 +1,2 @@
       one
      -two
      +2

1 value, 3 requirements and 5 files differ
`)
})

test('of a library soname, rpath, needed libraries and exported symbols are told', async () => {
  const directory = tempDirectory()
  const first = library(
    directory,
    'int stays(void){return 1;} int goes(void){return 2;}',
    '-Wl,-soname,lib.so.1',
  )
  const second = library(
    directory,
    'int stays(void){return 1;} int comes(void){return 3;}',
    '-Wl,-soname,lib.so.2',
    '-Wl,-rpath,/opt/lib',
  )
  const json = await compare(
    { ...demo, files: { 'lib/lib.so': { text: first } } },
    { ...demo, files: { 'lib/lib.so': { text: second } } },
    '--json',
  )
  expect(json.code).toBe(9)
  expect(JSON.parse(json.stdout).files[0].binary).toEqual({
    soname: { before: 'lib.so.1', after: 'lib.so.2' },
    runPath: { before: [], after: ['/opt/lib'] },
    exports: { removed: ['goes'], added: ['comes'] },
  })
  const text = await compare(
    { ...demo, files: { 'lib/lib.so': { text: first } } },
    { ...demo, files: { 'lib/lib.so': { text: second } } },
  )
  expect(text.stdout).toContain('      exports - goes\n      exports + comes\n')
})

test.each([
  { words: ['a.conda'], code: 2, says: 'compares two packages, not 1' },
  { words: ['a.conda', 'b.conda'], code: 2, says: 'Package file does not exist: a.conda' },
])('krait package diff $words', async ({ words, code, says }) => {
  const result = await krait(['package', 'diff', ...words])
  expect(result).toMatchObject({ code, stdout: '', stderr: expect.stringContaining(says) })
})

test('DLLs and Mach-O libraries are compared by what others see of them', async () => {
  const files = (dll: Buffer, dylib: Buffer) => ({ 'a.dll': { text: dll }, 'b.dylib': { text: dylib } })
  const before = files(
    pe({ name: 'a.dll', imports: ['x.dll'], exports: ['f'] }),
    machO({ id: '@rpath/b.1.dylib', symbols: [{ name: '_stays' }, { name: '_goes' }] }),
  )
  const parts = [
    machO({ id: '@rpath/b.2.dylib', trie: ['_stays', '_comes'] }),
    machO({ id: '@rpath/b.2.dylib', processor: 0x1000007, symbols: [{ name: '_intel' }] }),
  ]
  const after = files(
    pe({ name: 'a.dll', delayImports: ['y.dll'], exports: ['g'], machine: 0xaa64 }),
    fatMachO(parts),
  )
  const { stdout } = await compare({ name: 'demo', files: before }, { name: 'demo', files: after })
  for (const line of [
    'processor - x86_64',
    'processor + arm64',
    'needs - x.dll',
    'needs + y.dll',
    'exports - f',
    'exports + g',
    'soname @rpath/b.1.dylib -> @rpath/b.2.dylib',
    'processor + x86_64',
    'exports - _goes',
    'exports + _comes',
    'exports + _intel',
  ])
    expect(stdout).toContain(`    ${line}\n`)
  expect(stdout).not.toContain('_stays')
})

test('an ELF library for another processor is told as such', async () => {
  const bytes = library(tempDirectory(), 'int f(void) { return 1; }')
  const other = Buffer.from(bytes)
  other.writeUInt16LE(243, 18)
  bytes.writeUInt16LE(183, 18)
  const { stdout } = await compare(
    { ...demo, files: { 'lib/lib.so': { text: bytes } } },
    { ...demo, files: { 'lib/lib.so': { text: other } } },
  )
  expect(stdout).toContain('      processor - aarch64\n      processor + riscv64\n\n1 file differs\n')
})
