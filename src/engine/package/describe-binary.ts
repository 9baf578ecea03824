/** What other programs see of a library or program: its ELF headers, as data. */
import { elfTags, parseElf, readSymbols, readTexts, readVersions } from '../../stages/write-package/index.js'

/** Lists are sorted and have no doubles. */
export interface BinaryFacts {
  readonly soname?: string
  readonly needed: readonly string[]
  /** Both kinds of run path, entry by entry in their order. */
  readonly runPath: readonly string[]
  /** Symbols that it provides. */
  readonly exports: readonly string[]
  /** `libc.so.6 GLIBC_2.17` */
  readonly versions: readonly string[]
}

/** Undefined for everything but dynamically linked ELF programs and libraries. */
export function describeBinary(bytes: Buffer): BinaryFacts | undefined {
  const elf = parseElf(bytes)
  if (elf === undefined) return undefined
  const [soname] = readTexts(elf, elfTags.soname)
  const runPath = [...readTexts(elf, elfTags.rpath), ...readTexts(elf, elfTags.runpath)]
  return {
    ...(soname !== undefined && { soname }),
    needed: sorted(readTexts(elf, elfTags.needed)),
    runPath: runPath.flatMap((text) => text.split(':')).filter((entry) => entry !== ''),
    exports: sorted(readSymbols(elf).flatMap(({ name, section }) => (section === 0 ? [] : [name]))),
    versions: sorted(readVersions(elf).required.map(({ library, version }) => `${library} ${version}`)),
  }
}

function sorted(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)].sort()
}
