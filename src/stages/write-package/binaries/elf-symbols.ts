/** Reads the dynamic symbols of ELF files, of damaged and hostile ones too (spec: package.md 4.5). */
import { createNameReader, type Elf, offsetOf, read, tags } from './elf.js'

/** A dynamic symbol; `section` 0 means that another library has to provide it. */
export interface DynamicSymbol {
  readonly name: string
  readonly section: number
}

/** The dynamic symbol table, without its empty first row. */
export function readSymbols(elf: Elf): DynamicSymbol[] {
  const readName = createNameReader(elf)
  const symbols: DynamicSymbol[] = []
  for (const { nameOffset, section } of listSymbols(elf)) {
    const name = readName(nameOffset)
    if (name === undefined) break
    symbols.push({ name, section })
  }
  return symbols
}

/** The same with the offsets of names in the string table. */
export function* listSymbols(elf: Elf): Generator<{ readonly nameOffset: number; readonly section: number }> {
  const table = offsetOf(elf, tags.symtab)
  if (table === undefined) return
  const size = elf.is64 ? 24 : 16
  const count = countSymbols(elf)
  for (let index = 1; index < count; index++) {
    const at = table + index * size
    if (at + size > elf.bytes.length) return
    yield { nameOffset: read(elf, at, 4), section: read(elf, at + (elf.is64 ? 6 : 14), 2) }
  }
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
