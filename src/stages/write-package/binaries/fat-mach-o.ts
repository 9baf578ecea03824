/** Universal Mach-O files: one file with a program or library for each of several processors. */
import { claimsMachO, type MachO, parseMachO } from './mach-o.js'

/** The part of a universal file that is for one processor. */
export interface Slice {
  /** `cputype` and `cpusubtype`. */
  readonly processor: string
  readonly offset: number
  readonly file: MachO
}

export type FatMachO =
  | { readonly kind: 'slices'; readonly slices: readonly Slice[] }
  /** Static libraries, objects and debug symbols: nothing that a dynamic linker loads. */
  | { readonly kind: 'other' }
  | { readonly kind: 'damaged'; readonly reason: string }

/** Java class files begin like universal files; the number behind it is their version, 45 at least. */
const mostProcessors = 44

/** Undefined for anything that is no universal file. */
export function parseFatMachO(bytes: Buffer): FatMachO | undefined {
  if (bytes.length < 8) return undefined
  const magic = bytes.readUInt32BE(0)
  const count = bytes.readUInt32BE(4)
  if ((magic !== 0xcafebabe && magic !== 0xcafebabf) || count === 0 || count > mostProcessors)
    return undefined
  const isWide = magic === 0xcafebabf
  const rowSize = isWide ? 32 : 20
  if (8 + count * rowSize > bytes.length) return damaged('its list of processors is cut short')
  const rows = Array.from({ length: count }, (_, index) => readRow(bytes, 8 + index * rowSize, isWide))
  const reason = findMistake(rows, 8 + count * rowSize, bytes.length)
  if (reason !== undefined) return damaged(reason)
  return toSlices(rows.map((row) => ({ ...row, bytes: bytes.subarray(row.offset, row.offset + row.size) })))
}

/** A Mach-O file whose numbers begin with the big end, which no Mac has written since 2006. */
export function isBigEndianMachO(bytes: Buffer): boolean {
  const magic = bytes.length < 4 ? 0 : bytes.readUInt32BE(0)
  return magic === 0xfeedface || magic === 0xfeedfacf
}

interface Row {
  readonly processor: string
  readonly offset: number
  readonly size: number
}

function readRow(bytes: Buffer, at: number, isWide: boolean): Row {
  const word = (index: number) =>
    isWide ? Number(bytes.readBigUInt64BE(at + 8 + index * 8)) : bytes.readUInt32BE(at + 8 + index * 4)
  // The highest bits of the second number are no part of the processor's name.
  const processor = `${bytes.readUInt32BE(at)}.${bytes.readUInt32BE(at + 4) & 0xffffff}`
  return { processor, offset: word(0), size: word(1) }
}

function findMistake(rows: readonly Row[], start: number, length: number): string | undefined {
  let end = start
  for (const { offset, size } of rows.toSorted((left, right) => left.offset - right.offset)) {
    if (offset < end) return 'the parts for its processors overlap'
    end = offset + size
  }
  if (end > length) return 'a part for one of its processors lies outside of the file'
  const processors = new Set(rows.map(({ processor }) => processor))
  return processors.size < rows.length ? 'it has two parts for one processor' : undefined
}

function toSlices(parts: readonly (Row & { readonly bytes: Buffer })[]): FatMachO {
  const slices = parts.flatMap(({ processor, offset, bytes }): Slice[] => {
    const file = parseMachO(bytes)
    return file === undefined ? [] : [{ processor, offset, file }]
  })
  if (slices.length === parts.length) return { kind: 'slices', slices }
  const isUnreadable = parts.some(({ bytes }) => isBigEndianMachO(bytes) || claimsMachO(bytes))
  if (slices.length === 0 && !isUnreadable) return { kind: 'other' }
  return damaged('not all of its processors get a program or library that can be read')
}

function damaged(reason: string): FatMachO {
  return { kind: 'damaged', reason }
}
