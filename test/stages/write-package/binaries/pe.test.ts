import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parsePe } from '../../../../src/stages/write-package/binaries/pe.js'
import { importsAt, pe } from '../pe-files.js'

describe('a PE file', () => {
  test.each([
    { title: '64 bits', isWide: true, hasAbsoluteDelays: false },
    { title: '32 bits', isWide: false, hasAbsoluteDelays: false },
    { title: 'delayed imports of old linkers', isWide: false, hasAbsoluteDelays: true },
  ])('is read: its name, what it imports and exports ($title)', ({ isWide, hasAbsoluteDelays }) => {
    const names = { name: 'demo.dll', imports: ['KERNEL32.dll', 'zlib1.dll'], delayImports: ['late.dll'] }
    expect(parsePe(pe({ ...names, exports: ['demo_a', 'demo_b'], isWide, hasAbsoluteDelays }))).toEqual({
      machine: 0x8664,
      isLibrary: true,
      ...names,
      exports: ['demo_a', 'demo_b'],
    })
  })

  test('without any table needs nothing', () => {
    expect(parsePe(pe({ isLibrary: false }))).toMatchObject({
      isLibrary: false,
      imports: [],
      delayImports: [],
      exports: [],
    })
  })

  test.each([
    {
      title: 'a text',
      bytes: Buffer.from('MZ is how this text begins, and it is long enough to hold a header as well.'),
    },
    { title: 'a DOS program', bytes: Buffer.concat([Buffer.from('MZ'), Buffer.alloc(200)]) },
    { title: 'two letters', bytes: Buffer.from('MZ') },
  ])('$title is none', ({ bytes }) => {
    expect(parsePe(bytes)).toBeUndefined()
  })
})

describe('a damaged PE file', () => {
  const good = pe({ imports: ['a.dll', 'b.dll'] })
  const changed = (change: (bytes: Buffer) => void) => {
    const bytes = Buffer.from(good)
    change(bytes)
    return parsePe(bytes)
  }

  test.each([
    {
      title: 'with a table elsewhere',
      says: 'a table lies outside',
      change: (b: Buffer) => b.writeUInt32LE(0x7fff_0000, 0x84 + 20 + 112 + 8),
    },
    {
      title: 'with a name elsewhere',
      says: 'a table lies outside',
      change: (b: Buffer) => b.writeUInt32LE(0xffff_ffff, importsAt + 12),
    },
    {
      title: 'of no known kind',
      says: 'no known kind',
      change: (b: Buffer) => b.writeUInt16LE(0x107, 0x84 + 20),
    },
    {
      title: 'with a name that is a path',
      says: 'is none',
      change: (b: Buffer) => b.write('..\\x', importsAt + 60),
    },
    {
      title: 'with too many sections',
      says: '65535 sections',
      change: (b: Buffer) => b.writeUInt16LE(0xffff, 0x84 + 2),
    },
  ])('$title says so', ({ says, change }) => {
    expect(changed(change)).toEqual({ damage: expect.stringContaining(says) })
  })

  test('whose imports never end is given up', () => {
    const row = Buffer.from(good.subarray(importsAt, importsAt + 20))
    const head = Buffer.from(good.subarray(0, importsAt))
    const rows = Buffer.concat([head, ...Array.from({ length: 10_000 }, () => row), good.subarray(importsAt)])
    rows.writeUInt32LE(rows.length, 0x84 + 20 + 112 + 128 + 16)
    expect(parsePe(rows)).toEqual({ damage: expect.stringMatching(/does not end|is none/) })
  })

  test('whose exports all have one long name does not fill the memory', () => {
    const bytes = pe({ name: 'x.dll', exports: ['y'.repeat(4000)] })
    const table = 0x400 + 4001 + 4 + 6
    const address = 0x1000 + bytes.length - 0x400
    const list = Buffer.alloc(60_000 * 4)
    for (let at = 0; at < list.length; at += 4) list.writeUInt32LE(0x1000, at)
    const large = Buffer.concat([bytes, list])
    large.writeUInt32LE(large.length - 0x400, 0x84 + 20 + 112 + 128 + 16)
    large.writeUInt32LE(60_000, table + 24)
    large.writeUInt32LE(address, table + 32)
    expect(parsePe(large)).toEqual({ damage: 'the names of its exports overlap' })
  })

  test('is never an accident', () => {
    const full = pe({ name: 'a.dll', imports: ['b.dll'], delayImports: ['c.dll'], exports: ['d', 'e'] })
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat({ max: full.length - 1 }), fc.nat({ max: 255 })), { maxLength: 4 }),
        fc.nat({ max: full.length }),
        (changes, length) => {
          const damaged = Buffer.from(full)
          for (const [at, value] of changes) damaged[at] = value
          parsePe(damaged.subarray(0, length))
          parsePe(damaged)
        },
      ),
      { numRuns: 2000 },
    )
  })
})
