/** ELF files whose tables overlap, so that what they say is far more than what they hold. */
import { expect, test } from 'vitest'
import { parseElf, readSymbols, readTexts, tags } from '../../../../src/stages/write-package/binaries/elf.js'
import { readVersions } from '../../../../src/stages/write-package/binaries/elf-versions.js'

const size = 4 << 20
const names = 2 << 20
const table = 1 << 20

/** One segment that holds the whole file, at the address zero; names without an end in its second half. */
function elf(rows: readonly (readonly [number, number])[], fill: (bytes: Buffer) => void = () => {}) {
  const bytes = Buffer.alloc(size)
  const [segments, dynamic] = [64, 512]
  bytes.write('\x7fELF\x02\x01', 0, 'latin1')
  for (const [at, value] of [3, 62].entries()) bytes.writeUInt16LE(value, 16 + at * 2)
  bytes.writeUInt32LE(segments, 32)
  for (const [at, value] of [56, 2].entries()) bytes.writeUInt16LE(value, 54 + at * 2)
  const all = [[tags.strtab, names], [tags.strsz, size - names], ...rows] as const
  const parts = [
    [1, 0, size],
    [2, dynamic, all.length * 16],
  ] as const
  for (const [index, [type, offset, length]] of parts.entries()) {
    const at = segments + index * 56
    bytes.writeUInt32LE(type, at)
    for (const place of [8, 16]) bytes.writeUInt32LE(offset, at + place)
    bytes.writeUInt32LE(length, at + 32)
  }
  for (const [index, [tag, value]] of all.entries()) {
    bytes.writeBigUInt64LE(BigInt(tag), dynamic + index * 16)
    bytes.writeBigUInt64LE(BigInt(value), dynamic + index * 16 + 8)
  }
  bytes.fill('A', names)
  fill(bytes)
  const parsed = parseElf(bytes)
  if (!parsed) throw new Error('the file cannot be read')
  return parsed
}

const sum = (texts: readonly string[]) => texts.reduce((total, { length }) => total + length, 0)
const mostText = 128 << 20

test('needed libraries with overlapping names are read up to a limit', () => {
  const rows = Array.from({ length: 20_000 }, (_, index) => [tags.needed, index] as const)
  const needed = readTexts(elf(rows), tags.needed)
  expect(needed.length).toBeGreaterThan(1000)
  expect(sum(needed)).toBeLessThanOrEqual(mostText)
})

test('symbols with overlapping names are read up to a limit', () => {
  const hash = 300_000
  const symbols = readSymbols(
    elf(
      [
        [tags.symtab, table],
        [tags.hash, hash],
      ],
      (bytes) => bytes.writeUInt32LE(0xffffffff, hash + 4),
    ),
  )
  expect(symbols.length).toBeGreaterThan(1000)
  expect(sum(symbols.map(({ name }) => name))).toBeLessThanOrEqual(mostText)
})

test('versions that overlap are no more than the file has room for', () => {
  const rows = [
    [tags.verneed, table],
    [tags.verneednum, 0xffffffff],
  ] as const
  const { required } = readVersions(
    elf(rows, (bytes) => {
      // Each record says that it has the most parts, all of them at the same place, and that the next one is behind it.
      for (let at = table; at + 16 <= names; at += 16) {
        bytes.writeUInt16LE(0xffff, at + 2)
        bytes.writeUInt32LE(16, at + 12)
      }
    }),
  )
  expect(required.length).toBeGreaterThan(0)
  expect(required.length).toBeLessThanOrEqual(size / 8)
})
