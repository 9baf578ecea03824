/** Reads the symbol versions of ELF files: which they require of libraries, and which they define. */
import { type Elf, offsetOf, read, readNames, tags, tagValue } from './elf.js'

/** Names that versions have: those required of each library, and those the file defines. */
export interface SymbolVersions {
  readonly required: readonly { readonly library: string; readonly version: string }[]
  readonly defined: readonly string[]
}

/** Symbol versions, for example `GLIBC_2.17` of `libc.so.6`. */
export function readVersions(elf: Elf): SymbolVersions {
  const { required, defined } = readVersionOffsets(elf)
  const names = readNames(
    elf,
    required.flatMap(({ file, name }) => [file, name]),
  )
  return {
    required: required
      .map((_, index) => ({ library: names[2 * index] ?? '', version: names[2 * index + 1] ?? '' }))
      .slice(0, names.length / 2),
    defined: readNames(elf, defined),
  }
}

/** The same as offsets into the string table. */
export function readVersionOffsets(elf: Elf): {
  readonly required: readonly { readonly file: number; readonly name: number }[]
  readonly defined: readonly number[]
} {
  // Records of real files do not overlap.
  let left = elf.bytes.length / 8
  const readParts = (first: number, count: number, next: number, add: (at: number) => void) => {
    let at = first
    for (let parts = count; parts > 0 && left > 0; parts--, left--) {
      add(at)
      at += read(elf, at + next, 4)
    }
  }
  const required: { readonly file: number; readonly name: number }[] = []
  for (const need of readChain(elf, { tag: tags.verneed, countTag: tags.verneednum, next: 12 })) {
    const file = read(elf, need + 4, 4)
    const first = need + read(elf, need + 8, 4)
    readParts(first, read(elf, need + 2, 2), 12, (at) => required.push({ file, name: read(elf, at + 8, 4) }))
  }
  const defined: number[] = []
  for (const definition of readChain(elf, { tag: tags.verdef, countTag: tags.verdefnum, next: 16 })) {
    const first = definition + read(elf, definition + 12, 4)
    readParts(first, read(elf, definition + 6, 2), 4, (at) => defined.push(read(elf, at, 4)))
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
