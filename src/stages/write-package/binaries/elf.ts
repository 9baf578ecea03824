/** Reads ELF files: what the dynamic linker sees of them (spec: package.md 4.2, 4.5). */

/** One row of the dynamic table; `at` is its offset in the file. */
export interface DynamicEntry {
  readonly at: number
  readonly tag: number
  readonly value: number
}

/** The dynamic part of a program or shared library. */
export interface Elf extends ElfLayout {
  readonly machine: number
  /** Up to, not including, the terminating DT_NULL. */
  readonly dynamic: readonly DynamicEntry[]
  /** Offset and length of the dynamic string table in the file. */
  readonly strings: { readonly at: number; readonly size: number }
  /** File offset of a virtual address, or undefined when no segment holds it. */
  readonly toOffset: (address: number) => number | undefined
  /** A program that no dynamic linker starts: it relocates itself, and has no use for a run path. */
  readonly isStaticProgram: boolean
}

/** Tags of the dynamic table that krait looks at. */
export const tags = {
  needed: 1,
  hash: 4,
  strtab: 5,
  symtab: 6,
  strsz: 10,
  soname: 14,
  rpath: 15,
  runpath: 29,
  gnuHash: 0x6ffffef5,
  verdef: 0x6ffffffc,
  verdefnum: 0x6ffffffd,
  verneed: 0x6ffffffe,
  verneednum: 0x6fffffff,
  flags1: 0x6ffffffb,
  auxiliary: 0x7ffffffd,
  filter: 0x7fffffff,
} as const

/** The parsed file, or undefined for anything that is not a dynamically linked program or library. */
export function parseElf(bytes: Buffer): Elf | undefined {
  const layout = readLayout(bytes)
  if (layout === undefined) return undefined
  const segments = readSegments(layout)
  const dynamicSegment = segments.find((segment) => segment.type === segmentTypes.dynamic)
  if (dynamicSegment === undefined) return undefined
  const toOffset = (address: number) => {
    const found = segments.find(
      ({ type, address: start, size }) =>
        type === segmentTypes.load && address >= start && address < start + size,
    )
    return found && found.offset + address - found.address
  }
  const dynamic = readDynamic(layout, dynamicSegment)
  const strings = toOffset(tagValue(dynamic, tags.strtab) ?? Number.NaN)
  if (strings === undefined) return undefined
  const size = tagValue(dynamic, tags.strsz) ?? 0
  const isStaticProgram =
    (read(layout, 16, 2) === executable || isPie(dynamic)) &&
    !segments.some((segment) => segment.type === segmentTypes.interpreter)
  const machine = read(layout, 18, 2)
  return { ...layout, machine, dynamic, strings: { at: strings, size }, toOffset, isStaticProgram }
}

/** How the numbers of an ELF file are written. */
export interface ElfLayout {
  readonly bytes: Buffer
  readonly is64: boolean
  readonly littleEndian: boolean
}

/** The layout of a program or shared library, static ones included; undefined for anything else. */
export function readLayout(bytes: Buffer): ElfLayout | undefined {
  if (bytes.length < 52 || bytes.toString('latin1', 0, 4) !== '\x7fELF') return undefined
  const [elfClass, encoding] = [bytes[4], bytes[5]]
  if ((elfClass !== 1 && elfClass !== 2) || (encoding !== 1 && encoding !== 2)) return undefined
  const layout: ElfLayout = { bytes, is64: elfClass === 2, littleEndian: encoding === 1 }
  const type = read(layout, 16, 2)
  return type === executable || type === sharedObject ? layout : undefined
}

/** A part of the file that is loaded, or describes something to the loader. */
export interface Segment {
  readonly type: number
  readonly offset: number
  readonly address: number
  readonly size: number
}

/** Values of `Segment.type`. */
export const segmentTypes = { load: 1, dynamic: 2, interpreter: 3, note: 4 } as const

/** The texts of all entries with a tag: `readTexts(elf, tags.needed)`. */
export function readTexts(elf: Elf, tag: number): string[] {
  const readName = createNameReader(elf)
  return elf.dynamic.filter((entry) => entry.tag === tag).flatMap((entry) => readName(entry.value) ?? [])
}

/**
 * Reads texts of the string table, and nothing more once they are together much longer than the file: names share their
 * ends, but only a hostile file names the same megabytes again and again.
 */
export function createNameReader(elf: Elf): (offset: number) => string | undefined {
  let left = 8 * elf.bytes.length
  return (offset) => {
    if (left <= 0) return undefined
    const name = readString(elf, offset)
    left -= name.length + 1
    return name
  }
}

/** The NUL-terminated text at an offset of the string table. */
export function readString(elf: Elf, offset: number): string {
  const start = elf.strings.at + offset
  const end = elf.bytes.indexOf(0, start)
  return elf.bytes.toString('latin1', start, end === -1 ? undefined : end)
}

const executable = 2
const sharedObject = 3

/** An unsigned number of 2, 4 or 8 bytes; 0 behind the end, so that damaged files cannot make the reader fail. */
export function read({ bytes, littleEndian }: ElfLayout, at: number, width: 2 | 4 | 8): number {
  if (!(at >= 0) || at + width > bytes.length) return 0
  if (width === 8) return Number(littleEndian ? bytes.readBigUInt64LE(at) : bytes.readBigUInt64BE(at))
  return littleEndian ? bytes.readUIntLE(at, width) : bytes.readUIntBE(at, width)
}

/** The program headers. */
export function readSegments(layout: ElfLayout): Segment[] {
  const { is64 } = layout
  const word = is64 ? 8 : 4
  const table = read(layout, is64 ? 32 : 28, word)
  const size = read(layout, is64 ? 54 : 42, 2)
  const count = read(layout, is64 ? 56 : 44, 2)
  return Array.from({ length: count }, (_, index) => {
    const at = table + index * size
    return {
      type: read(layout, at, 4),
      offset: read(layout, at + (is64 ? 8 : 4), word),
      address: read(layout, at + (is64 ? 16 : 8), word),
      size: read(layout, at + (is64 ? 32 : 16), word),
    }
  })
}

function readDynamic(layout: ElfLayout, segment: Segment): DynamicEntry[] {
  const word = layout.is64 ? 8 : 4
  const entries: DynamicEntry[] = []
  const end = Math.min(segment.offset + segment.size, layout.bytes.length)
  for (let at = segment.offset; at + 2 * word <= end; at += 2 * word) {
    const tag = read(layout, at, word)
    if (tag === 0) break
    entries.push({ at, tag, value: read(layout, at + word, word) })
  }
  return entries
}

/** Distinguishes programs from libraries, which have the same type. */
function isPie(dynamic: readonly DynamicEntry[]): boolean {
  const pie = 0x08000000
  return ((tagValue(dynamic, tags.flags1) ?? 0) & pie) !== 0
}

/** The value of the first entry with a tag. */
export function tagValue(dynamic: readonly DynamicEntry[], tag: number): number | undefined {
  return dynamic.find((entry) => entry.tag === tag)?.value
}

/** Where in the file the table is that an entry points at. */
export function offsetOf(elf: Elf, tag: number): number | undefined {
  const address = tagValue(elf.dynamic, tag)
  return address === undefined ? undefined : elf.toOffset(address)
}
