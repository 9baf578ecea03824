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
  return elf.dynamic.filter((entry) => entry.tag === tag).map((entry) => readString(elf, entry.value))
}

/** A dynamic symbol; `section` 0 means that another library has to provide it. */
export interface DynamicSymbol {
  readonly nameOffset: number
  readonly name: string
  readonly section: number
}

/** The dynamic symbol table, without its empty first row. */
export function readSymbols(elf: Elf): DynamicSymbol[] {
  const table = offsetOf(elf, tags.symtab)
  if (table === undefined) return []
  const size = elf.is64 ? 24 : 16
  const symbols: DynamicSymbol[] = []
  const count = countSymbols(elf)
  for (let index = 1; index < count; index++) {
    const at = table + index * size
    if (at + size > elf.bytes.length) break
    const nameOffset = read(elf, at, 4)
    symbols.push({
      nameOffset,
      name: readString(elf, nameOffset),
      section: read(elf, at + (elf.is64 ? 6 : 14), 2),
    })
  }
  return symbols
}

/** Names that versions have: those required of each library, and those the file defines. */
export interface SymbolVersions {
  readonly required: readonly { readonly library: string; readonly version: string }[]
  readonly defined: readonly string[]
}

/** Symbol versions, for example `GLIBC_2.17` of `libc.so.6`. */
export function readVersions(elf: Elf): SymbolVersions {
  const { required, defined } = readVersionOffsets(elf)
  return {
    required: required.map(({ file, name }) => ({
      library: readString(elf, file),
      version: readString(elf, name),
    })),
    defined: defined.map((offset) => readString(elf, offset)),
  }
}

/** Offsets into the string table that something other than the run path uses. */
export function listStringOffsets(elf: Elf): number[] {
  const named = new Set<number>([tags.needed, tags.soname, tags.auxiliary, tags.filter])
  const versions = readVersionOffsets(elf)
  return [
    ...elf.dynamic.filter((entry) => named.has(entry.tag)).map((entry) => entry.value),
    ...readSymbols(elf).map((symbol) => symbol.nameOffset),
    ...versions.required.flatMap(({ file, name }) => [file, name]),
    ...versions.defined,
  ]
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

function tagValue(dynamic: readonly DynamicEntry[], tag: number): number | undefined {
  return dynamic.find((entry) => entry.tag === tag)?.value
}

function offsetOf(elf: Elf, tag: number): number | undefined {
  const address = tagValue(elf.dynamic, tag)
  return address === undefined ? undefined : elf.toOffset(address)
}

/** No header says how many symbols there are; the hash tables do. */
function countSymbols(elf: Elf): number {
  const hash = offsetOf(elf, tags.hash)
  if (hash !== undefined) return read(elf, hash + 4, 4)
  const gnuHash = offsetOf(elf, tags.gnuHash)
  return gnuHash === undefined ? 0 : countGnuHashed(elf, gnuHash)
}

function countGnuHashed(elf: Elf, table: number): number {
  // Of a damaged file the number may be anything.
  const bucketCount = Math.min(read(elf, table, 4), elf.bytes.length / 4)
  const firstSymbol = read(elf, table + 4, 4)
  const bloomWords = read(elf, table + 8, 4)
  const buckets = table + 16 + bloomWords * (elf.is64 ? 8 : 4)
  const chains = buckets + 4 * bucketCount
  let last = 0
  for (let index = 0; index < bucketCount; index++) last = Math.max(last, read(elf, buckets + 4 * index, 4))
  if (last < firstSymbol) return firstSymbol
  // The lowest bit marks the end of a chain.
  for (; chains + 4 * (last - firstSymbol) < elf.bytes.length; last++)
    if (read(elf, chains + 4 * (last - firstSymbol), 4) & 1) break
  return last + 1
}

function readVersionOffsets(elf: Elf) {
  const required: { readonly file: number; readonly name: number }[] = []
  for (const need of readChain(elf, { tag: tags.verneed, countTag: tags.verneednum, next: 12 })) {
    const file = read(elf, need + 4, 4)
    let at = need + read(elf, need + 8, 4)
    for (let left = read(elf, need + 2, 2); left > 0; left--) {
      required.push({ file, name: read(elf, at + 8, 4) })
      at += read(elf, at + 12, 4)
    }
  }
  const defined: number[] = []
  for (const definition of readChain(elf, { tag: tags.verdef, countTag: tags.verdefnum, next: 16 })) {
    let at = definition + read(elf, definition + 12, 4)
    for (let left = read(elf, definition + 6, 2); left > 0; left--) {
      defined.push(read(elf, at, 4))
      at += read(elf, at + 4, 4)
    }
  }
  return { required, defined }
}

interface Chain {
  readonly tag: number
  readonly countTag: number
  /** Where in a record the distance to the next one stands. */
  readonly next: number
}

function* readChain(elf: Elf, chain: Chain): Generator<number> {
  let at = offsetOf(elf, chain.tag)
  if (at === undefined) return
  for (let left = tagValue(elf.dynamic, chain.countTag) ?? 0; left > 0 && at < elf.bytes.length; left--) {
    yield at
    const distance = read(elf, at + chain.next, 4)
    // The last record; a damaged file may claim that more follow at the same place.
    if (distance === 0) return
    at += distance
  }
}
