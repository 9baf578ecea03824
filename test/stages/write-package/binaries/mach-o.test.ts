import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { editMachO, parseMachO } from '../../../../src/stages/write-package/binaries/mach-o.js'
import { renewSignature } from '../../../../src/stages/write-package/binaries/mach-o-signature.js'
import { planMachO, relocateMachO } from '../../../../src/stages/write-package/relocation/relocate-mach-o.js'
import { renewSignatures } from '../../../../src/stages/write-package/relocation/relocate-mach-o-file.js'
import { fatMachO, isSignedRightly, machO } from '../mach-o-files.js'

const prefix = '/build/host_env'
const request = {
  configured: ['lib/'],
  prefix,
  file: 'lib/liba.dylib',
  isAllowed: () => false,
  libraries: new Set(['libb.dylib']),
}

function parsed(bytes: Buffer) {
  const file = parseMachO(bytes)
  if (!file) throw new Error('the file cannot be read')
  return file
}

describe('a Mach-O library', () => {
  test('is read: its id, what it loads, its run paths', () => {
    const libraries = ['/usr/lib/libSystem.B.dylib', 'libb.dylib']
    const file = parsed(machO({ id: 'liba.dylib', libraries, rpaths: ['/x', '@loader_path'] }))
    expect(file).toMatchObject({
      id: 'liba.dylib',
      libraries,
      rpaths: ['/x', '@loader_path'],
      start: 32,
      end: 2048,
    })
  })

  test('gets names that hold wherever the package lies', () => {
    const libraries = [
      `${prefix}/lib/sub/libc.dylib`,
      'libb.dylib',
      '/usr/lib/libSystem.B.dylib',
      'libz.dylib',
    ]
    const original = machO({ id: `${prefix}/lib/liba.dylib`, libraries, rpaths: [`${prefix}/lib`, '/opt/x'] })
    const file = parsed(original)
    const plan = planMachO(file, request)
    expect(plan.dropped).toEqual(['/opt/x'])
    const edited = relocateMachO('lib/liba.dylib', file, plan)
    expect(edited?.length).toBe(original.length)
    expect(parsed(edited ?? original)).toMatchObject({
      id: '@rpath/liba.dylib',
      libraries: ['@rpath/sub/libc.dylib', '@rpath/libb.dylib', '/usr/lib/libSystem.B.dylib', 'libz.dylib'],
      rpaths: ['@loader_path'],
    })
    expect(edited?.subarray(2048)).toEqual(original.subarray(2048))
  })

  test.each([
    { file: 'bin/tool', rpaths: [], expected: ['@loader_path/../lib'] },
    { file: 'bin/tool', rpaths: ['@loader_path/../lib'], expected: ['@loader_path/../lib'] },
    { file: 'bin/tool', rpaths: [`${prefix}/lib`, '@loader_path/../lib'], expected: ['@loader_path/../lib'] },
    {
      file: 'bin/tool',
      rpaths: ['@executable_path/../x'],
      expected: ['@loader_path/../lib', '@executable_path/../x'],
    },
    { file: 'bin/tool', rpaths: ['@loader_path/../../..'], expected: ['@loader_path/../lib'] },
  ])('$file with $rpaths gets $expected', ({ file, rpaths, expected }) => {
    expect(planMachO(parsed(machO({ rpaths })), { ...request, file }).rpaths).toEqual(expected)
  })

  test('that is right already stays as it is', () => {
    const file = parsed(machO({ id: '@rpath/liba.dylib', rpaths: ['@loader_path'] }))
    expect(relocateMachO('lib/liba.dylib', file, planMachO(file, request))).toBeUndefined()
  })

  test('without room for its run path is refused, not shipped', () => {
    const file = parsed(machO({ id: 'liba.dylib', headerSize: 224 }))
    expect(() => relocateMachO('lib/liba.dylib', file, planMachO(file, request))).toThrow(
      'its header has no room; link it with `-Wl,-headerpad_max_install_names`',
    )
  })

  test('with the signature of a linker has a right one afterwards', () => {
    const original = machO({ id: 'liba.dylib', rpaths: [`${prefix}/lib`], signature: 'ad-hoc' })
    expect(isSignedRightly(original)).toBe(true)
    const file = parsed(original)
    const edited = relocateMachO('lib/liba.dylib', file, planMachO(file, request))
    expect(edited && isSignedRightly(edited)).toBe(true)
    const unsigned = editMachO(file, planMachO(file, request))
    expect(unsigned && isSignedRightly(unsigned)).toBe(false)
  })

  test('that somebody signed is refused', () => {
    const file = parsed(machO({ rpaths: [`${prefix}/lib`], signature: 'certificate' }))
    expect(() => relocateMachO('lib/liba.dylib', file, planMachO(file, request))).toThrow(
      'it is signed with a certificate',
    )
  })
})

const names = fc.array(fc.stringMatching(/^[@/a-z_.]{1,80}$/), { maxLength: 6 })

test('what is written is what is read, for any names that have room', () => {
  fc.assert(
    fc.property(names, names, names, (libraries, before, rpaths) => {
      const file = parsed(machO({ libraries, rpaths: before, headerSize: 4000 }))
      const edited = editMachO(file, { names: new Map(), rpaths })
      expect(edited && parsed(edited)).toMatchObject({ libraries, rpaths, end: file.end })
    }),
  )
})

test('a universal file is never an accident, whatever is damaged', () => {
  const part = machO({ id: 'liba.dylib', rpaths: ['c'], signature: 'ad-hoc' })
  const original = fatMachO([part, machO({ processor: 0x1000007 })])
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.oneof(fc.nat({ max: 60 }), fc.nat({ max: 4600 })), fc.nat({ max: 255 })), {
        maxLength: 3,
      }),
      fc.nat({ max: original.length }),
      (changes, length) => {
        const damaged = Buffer.from(original.subarray(0, length))
        for (const [at, value] of changes) if (at < length) damaged[at] = value
        expect(renewSignatures(damaged).length).toBe(length)
      },
    ),
    { numRuns: 1000 },
  )
})

test('a file that claims to have millions of commands is damaged', () => {
  const many = Buffer.alloc(32 + 8 * 100_000)
  for (const [at, word] of [0xfeedfacf, 0x0100000c, 0, 6, 100_000, 800_000].entries())
    many.writeUInt32LE(word, at * 4)
  for (let at = 32; at < many.length; at += 8) many.writeUInt32LE(8, at + 4)
  expect(parseMachO(many)).toBeUndefined()
})

test('a list of signatures is not endless work', () => {
  const original = machO({ signature: 'ad-hoc' })
  const blob = 8192
  const slots = Buffer.alloc(48)
  // Every slot names the same directory, behind the slots.
  for (let slot = 0; slot < 6; slot += 1) slots.writeUInt32BE(60, slot * 8 + 4)
  const signed = Buffer.concat([
    original.subarray(0, blob + 12),
    slots,
    original.subarray(blob + 20),
    Buffer.alloc(8),
  ])
  const file = parsed(signed)
  file.commands.at(-1)?.bytes.writeUInt32LE(signed.length - blob, 12)
  const renew = (count: number) => {
    signed.writeUInt32BE(count, blob + 8)
    return renewSignature(file, signed)
  }
  expect(renew(5)).toEqual({ kind: 'done' })
  expect(renew(6)).toEqual({ kind: 'impossible', reason: 'its signature is damaged' })
})

test('a command that is too short to say where the signature is is damage', () => {
  const file = parsed(machO({ signature: 'ad-hoc' }))
  const commands = file.commands.map(({ kind, bytes }) => ({ kind, bytes: bytes.subarray(0, 8) }))
  expect(renewSignature({ ...file, commands }, file.bytes)).toEqual({
    kind: 'impossible',
    reason: 'its signature is damaged',
  })
})

test('damaged files are no Mach-O files, and never an accident', () => {
  const original = machO({ id: 'liba.dylib', libraries: ['a', 'b'], rpaths: ['c'], signature: 'ad-hoc' })
  fc.assert(
    fc.property(
      fc.nat({ max: 400 }),
      fc.nat({ max: 255 }),
      fc.nat({ max: original.length }),
      (at, value, length) => {
        const damaged = Buffer.from(original.subarray(0, length))
        if (at < damaged.length) damaged[at] = value
        const file = parseMachO(damaged)
        const edited = file && editMachO(file, { names: new Map(), rpaths: ['@loader_path'] })
        if (file && edited) renewSignature(file, edited)
      },
    ),
    { numRuns: 2000 },
  )
})
