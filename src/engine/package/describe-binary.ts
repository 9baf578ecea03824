/** What other programs see of a library or program: its ELF, PE or Mach-O headers, as data. */
import {
  elfProcessor,
  elfTags,
  type MachO,
  machOProcessors,
  parseElf,
  parseFatMachO,
  parseMachO,
  parsePe,
  peMachines,
  readMachOExports,
  readSymbols,
  readTexts,
  readVersions,
} from '../../stages/write-package/index.js'

export type BinaryKind = 'ELF' | 'PE' | 'Mach-O'

/** Lists are sorted and have no doubles. */
export interface BinaryFacts {
  readonly kind: BinaryKind
  /** Processors that it is for; a number where krait knows no name. */
  readonly processors: readonly string[]
  /** The name that others find it by: soname, install name, or that of the export table. */
  readonly soname?: string
  readonly needed: readonly string[]
  /** Both kinds of run path, entry by entry in their order. */
  readonly runPath: readonly string[]
  /** Symbols that it provides; of universal files those of all parts. */
  readonly exports: readonly string[]
  /** `libc.so.6 GLIBC_2.17` */
  readonly versions: readonly string[]
}

/** Undefined for everything but dynamically linked programs and libraries, and for damaged ones. */
export function describeBinary(bytes: Buffer): BinaryFacts | undefined {
  return describeElf(bytes) ?? describePe(bytes) ?? describeMachO(bytes)
}

/** Of larger files nothing is looked at but sizes and checksums. */
export const largestBinary = 512 << 20

/** Whether bytes may be a program or library, by the first four of them. */
export function looksBinary(bytes: Buffer): boolean {
  return /^(?:\x7fELF|MZ|[\xce\xcf]\xfa\xed\xfe|\xca\xfe\xba[\xbe\xbf])/.test(bytes.toString('latin1', 0, 4))
}

function describeElf(bytes: Buffer): BinaryFacts | undefined {
  const elf = parseElf(bytes)
  if (elf === undefined) return undefined
  const [soname] = readTexts(elf, elfTags.soname)
  const runPath = [...readTexts(elf, elfTags.rpath), ...readTexts(elf, elfTags.runpath)]
  return {
    kind: 'ELF',
    processors: [elfProcessor(elf)],
    ...(soname !== undefined && { soname }),
    needed: sorted(readTexts(elf, elfTags.needed)),
    runPath: runPath.flatMap((text) => text.split(':')).filter((entry) => entry !== ''),
    exports: sorted(readSymbols(elf).flatMap(({ name, section }) => (section === 0 ? [] : [name]))),
    versions: sorted(readVersions(elf).required.map(({ library, version }) => `${library} ${version}`)),
  }
}

function describePe(bytes: Buffer): BinaryFacts | undefined {
  const pe = parsePe(bytes)
  if (pe === undefined || 'damage' in pe) return undefined
  return {
    kind: 'PE',
    processors: [nameOf(pe.machine, peMachines)],
    ...(pe.name !== undefined && { soname: pe.name }),
    needed: sorted([...pe.imports, ...pe.delayImports]),
    runPath: [],
    exports: sorted(pe.exports),
    versions: [],
  }
}

function describeMachO(bytes: Buffer): BinaryFacts | undefined {
  const fat = parseFatMachO(bytes)
  const thin = fat === undefined ? parseMachO(bytes) : undefined
  const files: readonly MachO[] =
    fat?.kind === 'slices' ? fat.slices.map(({ file }) => file) : thin ? [thin] : []
  if (files.length === 0) return undefined
  const id = files.find((file) => file.id !== undefined)?.id
  return {
    kind: 'Mach-O',
    processors: sorted(files.map(({ processor }) => nameOf(processor, machOProcessors))),
    ...(id !== undefined && { soname: id }),
    needed: sorted(files.flatMap(({ libraries }) => libraries)),
    runPath: [...new Set(files.flatMap(({ rpaths }) => rpaths))],
    exports: sorted(files.flatMap(readMachOExports)),
    versions: [],
  }
}

function nameOf(number: number, names: Readonly<Record<string, number>>): string {
  return Object.keys(names).find((name) => names[name] === number) ?? `0x${number.toString(16)}`
}

function sorted(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)].sort()
}
