import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseMachO } from '../../../../src/stages/write-package/binaries/mach-o.js'
import { readMachOExports } from '../../../../src/stages/write-package/binaries/mach-o-exports.js'
import { type MachOFixture, machO } from '../mach-o-files.js'

function exportsOf(bytes: Buffer): readonly string[] {
  const file = parseMachO(bytes)
  if (!file) throw new Error('the file cannot be read')
  return readMachOExports(file).toSorted()
}

/** A library whose export trie is these bytes. */
function withTrie(trie: Buffer): Buffer {
  const room = '_'.padEnd(Math.max(2, trie.length), 'x')
  const file = machO({ trie: [room] })
  const at = file.indexOf(room.slice(1)) - 8
  trie.copy(file, at)
  return file
}

describe('the exports of a Mach-O file', () => {
  test.each<{ from: string; fixture: MachOFixture; expected: readonly string[] }>([
    { from: 'no table', fixture: {}, expected: [] },
    {
      from: 'its symbol table',
      fixture: { symbols: [{ name: '_a' }, { name: '_b' }] },
      expected: ['_a', '_b'],
    },
    { from: 'its export trie', fixture: { trie: ['_add', '_all', 'b2'] }, expected: ['_add', '_all', 'b2'] },
    { from: 'the trie of older linkers', fixture: { trie: ['_add'], isOldTrie: true }, expected: ['_add'] },
    {
      from: 'both, each name once',
      fixture: { symbols: [{ name: '_a2' }, { name: '_b2' }], trie: ['_b2', '_c2'] },
      expected: ['_a2', '_b2', '_c2'],
    },
    {
      from: 'names that are no ASCII',
      fixture: { symbols: [{ name: Buffer.from('_größe').toString('latin1') }] },
      expected: ['_größe'],
    },
  ])('are read from $from', ({ fixture, expected }) => {
    expect(exportsOf(machO(fixture))).toEqual(expected)
  })

  test.each([
    { what: 'in a section', type: 0x0f, isExported: true },
    { what: 'absolute', type: 0x03, isExported: true },
    { what: 'another name', type: 0x0b, isExported: true },
    { what: 'undefined', type: 0x01, isExported: false },
    { what: 'local', type: 0x0e, isExported: false },
    { what: 'hidden', type: 0x1f, isExported: false },
    { what: 'for debuggers', type: 0x2f, isExported: false },
  ])('hold a symbol that is $what: $isExported', ({ type, isExported }) => {
    expect(exportsOf(machO({ symbols: [{ name: '_symbol', type }] }))).toEqual(isExported ? ['_symbol'] : [])
  })

  test('are read from a trie as lld writes it', () => {
    const trie =
      '00015f0005000461627300226461746100277765616b6f6e65002d677265657400320302b424000400808001000304f805000300e805015f616c6c003d0300ec0500000000000000'
    expect(exportsOf(withTrie(Buffer.from(trie, 'hex')))).toEqual([
      '_abs',
      '_data',
      '_greet',
      '_greet_all',
      '_weakone',
    ])
  })

  test.each([
    { what: 'leads back to its root', trie: [0, 1, 0x61, 0, 0], expected: [] },
    { what: 'has edges without a text', trie: [0, 1, 0, 5, 0, 2, 0, 0, 0], expected: [] },
    { what: 'leads out of the file', trie: [0, 1, 0x61, 0, 0xff, 0x7f], expected: [] },
    {
      what: 'has a number that does not end',
      trie: [0, 1, 0x61, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
      expected: [],
    },
    {
      what: 'is damaged behind its first symbol',
      trie: [0, 2, 0x61, 0, 8, 0x62, 0, 0xff, 2, 0, 0, 0],
      expected: ['a'],
    },
  ])('of a trie that $what are what can be read', ({ trie, expected }) => {
    expect(exportsOf(withTrie(Buffer.from(trie)))).toEqual(expected)
  })

  test('of a hostile table that gives one long name again and again stay few', () => {
    const name = 'x'.repeat(60_000)
    const file = machO({ symbols: Array.from({ length: 20_000 }, () => ({ name: '' })) })
    // All rows point into the same long text, each at another byte of it.
    const hostile = Buffer.concat([file, Buffer.from(`${name}\0`)])
    const command = hostile.indexOf(Buffer.from([2, 0, 0, 0, 24, 0, 0, 0]))
    const table = hostile.readUInt32LE(command + 8)
    hostile.writeUInt32LE(file.length, command + 16)
    hostile.writeUInt32LE(name.length + 1, command + 20)
    for (let row = 0; row < 20_000; row += 1) hostile.writeUInt32LE(row, table + row * 16)
    expect(exportsOf(hostile).length).toBeLessThan(4000)
  })

  test('of damaged files never make the reader fail', () => {
    const symbols = [{ name: '_a' }, { name: '_b', type: 1 }]
    const files = [
      machO({ id: 'a.dylib', symbols, trie: ['_one', '_two', 'three'] }),
      machO({ symbols, trie: ['_one', '_two'], isOldTrie: true, processor: 0x1000007 }),
    ]
    const tail = 200
    const change = fc.record({
      // Where the commands and the tables are.
      at: fc.oneof(
        fc.nat(400),
        fc.nat(tail).map((back) => -1 - back),
      ),
      value: fc.oneof(fc.nat(255), fc.constantFrom(0, 0x7f, 0x80, 0xff)),
    })
    fc.assert(
      fc.property(
        fc.constantFrom(...files),
        fc.array(change, { maxLength: 12 }),
        fc.nat(tail),
        (file, changes, cut) => {
          const bytes = Buffer.from(file)
          for (const { at, value } of changes) bytes[at < 0 ? bytes.length + at : at] = value
          const parsed = parseMachO(bytes.subarray(0, bytes.length - cut))
          if (parsed) expect(Array.isArray(readMachOExports(parsed))).toBe(true)
        },
      ),
      { numRuns: 1000 },
    )
  })

  test('of random tries never make the reader fail, and have no name twice', () => {
    // Small numbers make many edges that lead to places in the trie.
    const byte = fc.oneof(fc.nat(255), fc.nat(24), fc.constantFrom(0, 1, 0x41))
    fc.assert(
      fc.property(fc.array(byte, { minLength: 4, maxLength: 120 }), (trie) => {
        const names = exportsOf(withTrie(Buffer.from(trie)))
        expect(new Set(names).size).toBe(names.length)
      }),
      { numRuns: 1000 },
    )
  })
})
