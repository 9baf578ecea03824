/** Reads PE files, the programs and DLLs of Windows: what the loader sees of them (spec: package.md 4.4). Nothing is edited. */

/** A program, a DLL, or an extension module (`.pyd`), which is a DLL. */
export interface Pe {
  /** One of `peMachines`, or another number. */
  readonly machine: number
  readonly isLibrary: boolean
  /** The name that the export table gives the file. */
  readonly name: string | undefined
  /** Names of DLLs as the file spells them, in its order; the loader takes upper and lower case as the same. */
  readonly imports: readonly string[]
  /** DLLs that are loaded when one of their functions is called first. */
  readonly delayImports: readonly string[]
  /** Names of exported symbols. */
  readonly exports: readonly string[]
}

/** The file says that it is a PE file, and then something that cannot be. */
export interface DamagedPe {
  readonly damage: string
}

/** `IMAGE_FILE_HEADER.Machine` by conda's name of the processor. */
export const peMachines: Readonly<Record<string, number>> = { x86: 0x14c, x86_64: 0x8664, arm64: 0xaa64 }

/** Undefined for anything that does not claim to be a PE file; DOS programs begin alike. */
export function parsePe(bytes: Buffer): Pe | DamagedPe | undefined {
  if (bytes.length < 64 || bytes.toString('latin1', 0, 2) !== 'MZ') return undefined
  const start = bytes.readUInt32LE(60)
  if (start + 24 > bytes.length || bytes.toString('latin1', start, start + 4) !== 'PE\0\0') return undefined
  try {
    return readPe(readImage(bytes, start + 4))
  } catch (error) {
    if (error instanceof Damage) return { damage: error.message }
    throw error
  }
}

/** No table of a real file is longer; a hostile one may claim anything. */
const limits = {
  sections: 96,
  libraries: 4096,
  exports: 65_536,
  name: 512,
  symbol: 4096,
  text: 32 << 20,
} as const

class Damage extends Error {}

/** The headers, and where the parts of the file are when it is loaded. */
interface Image {
  readonly bytes: Buffer
  readonly machine: number
  readonly isLibrary: boolean
  /** Address that the file is made for. */
  readonly base: number
  readonly directories: readonly { readonly address: number; readonly size: number }[]
  readonly sections: readonly Section[]
}

interface Section {
  readonly address: number
  readonly size: number
  readonly offset: number
}

const directoryIndex = { exports: 0, imports: 1, delayImports: 13 } as const

/** @param at offset of the COFF header */
function readImage(bytes: Buffer, at: number): Image {
  const optional = at + 20
  const optionalSize = number(bytes, at + 16, 2)
  const magic = number(bytes, optional, 2)
  if (magic !== 0x10b && magic !== 0x20b) throw new Damage('its optional header is of no known kind')
  const isWide = magic === 0x20b
  const table = optional + (isWide ? 112 : 96)
  const room = Math.floor((optionalSize - (isWide ? 112 : 96)) / 8)
  const count = Math.max(0, Math.min(number(bytes, table - 4, 4), room, 16))
  const sectionCount = number(bytes, at + 2, 2)
  if (sectionCount > limits.sections) throw new Damage(`it claims to have ${sectionCount} sections`)
  return {
    bytes,
    machine: number(bytes, at, 2),
    isLibrary: (number(bytes, at + 18, 2) & 0x2000) !== 0,
    base: number(bytes, optional + (isWide ? 24 : 28), 4),
    directories: Array.from({ length: count }, (_, index) => ({
      address: number(bytes, table + index * 8, 4),
      size: number(bytes, table + index * 8 + 4, 4),
    })),
    sections: Array.from({ length: sectionCount }, (_, index) =>
      readSection(bytes, optional + optionalSize + index * 40),
    ),
  }
}

function readSection(bytes: Buffer, at: number): Section {
  const size = number(bytes, at + 16, 4)
  return { address: number(bytes, at + 12, 4), size, offset: number(bytes, at + 20, 4) }
}

function readPe(image: Image): Pe {
  const { machine, isLibrary } = image
  return {
    machine,
    isLibrary,
    ...readExports(image),
    imports: readImports(image),
    delayImports: readDelayed(image),
  }
}

/** Rows of five words; the fourth names the DLL, and a row without a name ends the table. */
function readImports(image: Image): readonly string[] {
  const names: string[] = []
  const table = tableOf(image, directoryIndex.imports)
  if (table === undefined) return names
  for (let at = table; ; at += 20) {
    const name = number(image.bytes, at + 12, 4)
    if (name === 0) return names
    if (names.length >= limits.libraries) throw new Damage('its import table does not end')
    names.push(libraryName(image, name))
  }
}

/** Rows of eight words; old linkers wrote addresses that count from zero instead of from the start of the file. */
function readDelayed(image: Image): readonly string[] {
  const names: string[] = []
  const table = tableOf(image, directoryIndex.delayImports)
  if (table === undefined) return names
  for (let at = table; ; at += 32) {
    const name = number(image.bytes, at + 4, 4)
    if (name === 0) return names
    if (names.length >= limits.libraries) throw new Damage('its table of delayed imports does not end')
    const isRelative = (number(image.bytes, at, 4) & 1) !== 0
    names.push(libraryName(image, isRelative ? name : name - image.base))
  }
}

function readExports(image: Image): Pick<Pe, 'name' | 'exports'> {
  const table = tableOf(image, directoryIndex.exports)
  if (table === undefined) return { name: undefined, exports: [] }
  const { bytes } = image
  const nameAt = number(bytes, table + 12, 4)
  const count = number(bytes, table + 24, 4)
  if (count > limits.exports) throw new Damage(`it claims to export ${count} names`)
  const exports: string[] = []
  let left: number = limits.text
  const names = count === 0 ? 0 : offsetOf(image, number(bytes, table + 32, 4))
  for (let index = 0; index < count; index += 1) {
    const text = textAt(image, number(bytes, names + index * 4, 4), limits.symbol)
    left -= text.length
    if (left < 0) throw new Damage('the names of its exports overlap')
    exports.push(text)
  }
  return { name: nameAt === 0 ? undefined : textAt(image, nameAt, limits.name), exports }
}

function tableOf(image: Image, index: number): number | undefined {
  const { address = 0, size = 0 } = image.directories[index] ?? {}
  return address === 0 || size === 0 ? undefined : offsetOf(image, address)
}

function libraryName(image: Image, address: number): string {
  const name = textAt(image, address, limits.name)
  // Names become parts of paths and of messages.
  if (!/^[\x20-\x7e]+$/.test(name) || /[\\/:]/.test(name))
    throw new Damage('the name of an imported DLL is none')
  return name
}

function textAt(image: Image, address: number, longest: number): string {
  const at = offsetOf(image, address)
  const end = image.bytes.subarray(at, at + longest).indexOf(0)
  if (end === -1) throw new Damage('a name in it does not end')
  return image.bytes.toString('latin1', at, at + end)
}

/** Where a part of the loaded file lies in the file itself. */
function offsetOf({ sections, bytes }: Image, address: number): number {
  const found = sections.find(({ address: start, size }) => address >= start && address < start + size)
  const offset = found && found.offset + address - found.address
  if (offset === undefined || offset >= bytes.length) throw new Damage('a table lies outside of its sections')
  return offset
}

function number(bytes: Buffer, at: number, width: 2 | 4): number {
  if (at < 0 || at + width > bytes.length) throw new Damage('it is cut short')
  return bytes.readUIntLE(at, width)
}
