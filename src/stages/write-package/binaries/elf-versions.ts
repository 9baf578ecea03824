/** Reads the symbol versions of ELF files, of damaged and hostile ones too (spec: package.md 4.5). */
import { createNameReader, type Elf, offsetOf, read, tags, tagValue } from './elf.js'

/** Names that versions have: those required of each library, and those the file defines. */
export interface SymbolVersions {
  readonly required: readonly { readonly library: string; readonly version: string }[]
  readonly defined: readonly string[]
}

/** Symbol versions, for example `GLIBC_2.17` of `libc.so.6`. */
export function readVersions(elf: Elf): SymbolVersions {
  const { required, defined } = readVersionOffsets(elf)
  const readName = createNameReader(elf)
  return {
    required: required.flatMap(({ file, name }) => {
      const [library, version] = [readName(file), readName(name)]
      return library === undefined || version === undefined ? [] : [{ library, version }]
    }),
    defined: defined.flatMap((offset) => readName(offset) ?? []),
  }
}

/** Offsets of all those names in the string table. */
export function listVersionOffsets(elf: Elf): number[] {
  const { required, defined } = readVersionOffsets(elf)
  return [...required.flatMap(({ file, name }) => [file, name]), ...defined]
}

function readVersionOffsets(elf: Elf) {
  const required: { readonly file: number; readonly name: number }[] = []
  const defined: number[] = []
  // A record takes 8 bytes at least; only a hostile file counts one of them again and again.
  const budget = { left: elf.bytes.length / 8 }
  for (const need of readTable(elf, { tag: tags.verneed, countTag: tags.verneednum, next: 12 }, budget)) {
    const file = read(elf, need + 4, 4)
    const parts = { start: need + read(elf, need + 8, 4), count: read(elf, need + 2, 2), next: 12 }
    for (const at of readChain(elf, parts, budget)) required.push({ file, name: read(elf, at + 8, 4) })
  }
  for (const row of readTable(elf, { tag: tags.verdef, countTag: tags.verdefnum, next: 16 }, budget)) {
    const parts = { start: row + read(elf, row + 12, 4), count: read(elf, row + 6, 2), next: 4 }
    for (const at of readChain(elf, parts, budget)) defined.push(read(elf, at, 4))
  }
  return { required, defined }
}

interface Budget {
  left: number
}

function readTable(
  elf: Elf,
  { tag, countTag, next }: { readonly tag: number; readonly countTag: number; readonly next: number },
  budget: Budget,
): Iterable<number> {
  const start = offsetOf(elf, tag)
  const count = tagValue(elf.dynamic, countTag) ?? 0
  return start === undefined ? [] : readChain(elf, { start, count, next }, budget)
}

interface Chain {
  readonly start: number
  readonly count: number
  /** Where in a record the distance to the next one stands. */
  readonly next: number
}

function* readChain(elf: Elf, { start, count, next }: Chain, budget: Budget): Generator<number> {
  let at = start
  for (let left = count; left > 0 && at < elf.bytes.length; left--) {
    if (budget.left-- <= 0) return
    yield at
    const distance = read(elf, at + next, 4)
    // The last record; a damaged file may claim that more follow at the same place.
    if (distance === 0) return
    at += distance
  }
}
