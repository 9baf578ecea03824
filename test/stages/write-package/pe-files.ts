/** PE files made by hand: small, but with all tables that the loader of Windows looks at for names. */

export interface PeFixture {
  readonly machine?: number
  readonly isWide?: boolean
  readonly isLibrary?: boolean
  readonly name?: string
  readonly imports?: readonly string[]
  readonly delayImports?: readonly string[]
  /** Delayed imports as linkers wrote them before 2000: with absolute addresses. */
  readonly hasAbsoluteDelays?: boolean
  readonly exports?: readonly string[]
}

const sectionAddress = 0x1000
const sectionOffset = 0x400
const base = 0x400000
const headerAt = 0x80

/** A DLL for x86-64 unless the fixture says something else; all tables are in one section. */
export function pe(fixture: PeFixture = {}): Buffer {
  const { machine = 0x8664, isWide = true, isLibrary = true } = fixture
  const section = new SectionWriter()
  const directories = Array.from({ length: 16 }, () => [0, 0] as readonly [number, number])
  directories[0] = writeExports(section, fixture)
  directories[1] = writeImports(section, fixture.imports ?? [])
  directories[13] = writeDelayed(section, fixture)
  const content = section.bytes()
  const optionalSize = (isWide ? 112 : 96) + 16 * 8
  const header = Buffer.alloc(sectionOffset)
  header.write('MZ')
  header.writeUInt32LE(headerAt, 60)
  header.write('PE\0\0', headerAt)
  const coff = headerAt + 4
  header.writeUInt16LE(machine, coff)
  header.writeUInt16LE(1, coff + 2)
  header.writeUInt16LE(optionalSize, coff + 16)
  header.writeUInt16LE(isLibrary ? 0x2022 : 0x22, coff + 18)
  const optional = coff + 20
  header.writeUInt16LE(isWide ? 0x20b : 0x10b, optional)
  header.writeUInt32LE(base, optional + (isWide ? 24 : 28))
  const table = optional + (isWide ? 112 : 96)
  header.writeUInt32LE(16, table - 4)
  for (const [index, [address, size]] of directories.entries()) {
    header.writeUInt32LE(address, table + index * 8)
    header.writeUInt32LE(size, table + index * 8 + 4)
  }
  const row = optional + optionalSize
  header.write('.rdata', row)
  for (const [at, word] of [content.length, sectionAddress, content.length, sectionOffset].entries())
    header.writeUInt32LE(word, row + 8 + at * 4)
  return Buffer.concat([header, content])
}

/** Where the table of imports begins in a file without exports. */
export const importsAt = sectionOffset

class SectionWriter {
  private readonly parts: Buffer[] = []
  private size = 0

  add(bytes: Buffer): number {
    const address = sectionAddress + this.size
    this.parts.push(bytes)
    this.size += bytes.length
    return address
  }

  bytes(): Buffer {
    return Buffer.concat([...this.parts, Buffer.alloc(16)])
  }
}

const text = (name: string) => Buffer.from(`${name}\0`)

function words(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4)
  for (const [index, value] of values.entries()) bytes.writeUInt32LE(value, index * 4)
  return bytes
}

function writeExports(section: SectionWriter, { name, exports = [] }: PeFixture): readonly [number, number] {
  if (name === undefined) return [0, 0]
  const names = exports.map((symbol) => section.add(text(symbol)))
  const list = section.add(words(...names))
  const own = section.add(text(name))
  return [section.add(words(0, 0, 0, own, 1, names.length, names.length, 0, list, 0)), 40]
}

function writeImports(section: SectionWriter, names: readonly string[]): readonly [number, number] {
  if (names.length === 0) return [0, 0]
  const size = (names.length + 1) * 20
  const start = section.add(Buffer.alloc(0))
  let at = start + size
  const rows = names.map((name) => {
    const row = words(0, 0, 0, at, 0)
    at += name.length + 1
    return row
  })
  section.add(Buffer.concat([...rows, Buffer.alloc(20), ...names.map(text)]))
  return [start, size]
}

function writeDelayed(
  section: SectionWriter,
  { delayImports = [], hasAbsoluteDelays = false }: PeFixture,
): readonly [number, number] {
  if (delayImports.length === 0) return [0, 0]
  const addresses = delayImports.map((name) => section.add(text(name)))
  const rows = addresses.map((address) =>
    hasAbsoluteDelays ? words(0, address + base, 0, 0, 0, 0, 0, 0) : words(1, address, 0, 0, 0, 0, 0, 0),
  )
  const bytes = Buffer.concat([...rows, Buffer.alloc(32)])
  return [section.add(bytes), bytes.length]
}
