/** Real ELF files of the compiler, and what cutting and stripping make of them. */
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseElf } from '../../../../src/stages/write-package/binaries/elf.js'
import { findElfDamage } from '../../../../src/stages/write-package/binaries/elf-damage.js'
import { elfProcessor } from '../../../../src/stages/write-package/binaries/elf-machines.js'
import { tempDirectory } from '../../../support/system.js'

function compile(...flags: readonly string[]): { readonly bytes: Buffer; readonly file: string } {
  const directory = tempDirectory()
  const [source, file] = [path.join(directory, 'a.c'), path.join(directory, 'a.out')]
  writeFileSync(source, 'int f(void) { return 1; }\nvoid _start(void) {}\n')
  execFileSync('gcc', ['-g', '-nostdlib', ...flags, '-o', file, source])
  return { bytes: readFileSync(file), file }
}

const shared = ['-shared', '-fPIC']

test('whole libraries, static programs, files for debuggers and other files are not damaged', () => {
  const { bytes: library, file } = compile(...shared)
  execFileSync('objcopy', ['--only-keep-debug', file])
  const forDebuggers = readFileSync(file)
  expect(parseElf(library)).toBeDefined()
  for (const bytes of [
    library,
    forDebuggers,
    compile('-static').bytes,
    Buffer.from('\x7fELF'),
    Buffer.alloc(100),
  ])
    expect(findElfDamage(bytes)).toBeUndefined()
})

test('of a cut library it is told what lies outside of it', () => {
  const library = compile(...shared).bytes
  expect(findElfDamage(library.subarray(0, 120))).toBe('its table of segments lies outside of the file')
  const dynamic = parseElf(library)?.dynamic.at(-1)?.at ?? 0
  expect(findElfDamage(library.subarray(0, dynamic))).toBe('its dynamic table lies outside of the file')
  const strings = parseElf(library)?.dynamic.find(({ tag }) => tag === 5)?.at ?? 0
  const moved = Buffer.from(library)
  moved.writeBigUInt64LE(0x7fffffffn, strings + 8)
  expect(findElfDamage(moved)).toBe('the names in its dynamic table lie outside of the file')
})

test('no change of bytes makes the search fail', () => {
  const library = compile(...shared).bytes
  const change = fc.record({ at: fc.oneof(fc.nat(600), fc.nat(library.length - 1)), value: fc.nat(255) })
  fc.assert(
    fc.property(fc.array(change, { maxLength: 20 }), fc.nat(library.length), (changes, size) => {
      const bytes = Buffer.from(library)
      for (const { at, value } of changes) bytes[at] = value
      const damage = findElfDamage(bytes.subarray(0, size))
      expect(damage === undefined || damage.length > 0).toBe(true)
    }),
  )
})

test.each([
  { machine: 62, processor: 'x86_64' },
  { machine: 183, processor: 'aarch64' },
  { machine: 21, processor: 'ppc64le' },
  { machine: 243, processor: 'riscv64' },
  { machine: 22, processor: 's390x' },
  { machine: 3, processor: 'x86' },
  { machine: 40, processor: 'arm' },
  { machine: 0x1234, processor: '0x1234' },
])('machine $machine is $processor', ({ machine, processor }) => {
  const bytes = compile(...shared).bytes
  bytes.writeUInt16LE(machine, 18)
  const elf = parseElf(bytes)
  expect(elf && elfProcessor(elf)).toBe(processor)
})
