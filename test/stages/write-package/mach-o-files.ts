/** Mach-O files made by hand: small, but with everything that the dynamic linker and the signature check look at. */
import { createHash } from 'node:crypto'

export interface MachOFixture {
  readonly id?: string
  readonly libraries?: readonly string[]
  readonly rpaths?: readonly string[]
  /** Where the first section begins: the room for load commands ends there. */
  readonly headerSize?: number
  readonly signature?: 'ad-hoc' | 'certificate'
  /** `cputype`; arm64 unless given. */
  readonly processor?: number
  /** What stands behind the header. */
  readonly data?: string
  /** 2 is a program; a library unless given. */
  readonly fileType?: number
  /** Rows of the symbol table. */
  readonly symbols?: readonly MachOSymbol[]
  /** Names in the export trie. */
  readonly trie?: readonly string[]
  /** Whether `LC_DYLD_INFO_ONLY` says where the trie is, as linkers did before 2021; `LC_DYLD_EXPORTS_TRIE` unless given. */
  readonly isOldTrie?: boolean
}

export interface MachOSymbol {
  readonly name: string
  /** `n_type`; external and in a section unless given. */
  readonly type?: number
}

const pageSize = 4096

/** A 64-bit library for arm64, unless the fixture says something else. */
export function machO(fixture: MachOFixture): Buffer {
  const { id, libraries = [], rpaths = [], headerSize = 2048, signature } = fixture
  const { processor = 0x0100000c, fileType = 6 } = fixture
  const code = Buffer.alloc(pageSize * 2 - headerSize, 0x90)
  code.write(fixture.data ?? '')
  const limit = headerSize + code.length
  const blob = signature ? signatureBlob(limit, signature) : Buffer.alloc(0)
  const tables = linkTables(fixture, limit + blob.length)
  const commands = [
    segment(headerSize, code.length),
    ...tables.commands,
    ...(id === undefined ? [] : [named(0xd, 24, id)]),
    ...libraries.map((name) => named(0xc, 24, name)),
    ...rpaths.map((entry) => named(0x8000001c, 12, entry)),
    ...(signature ? [linkEditData(limit, blob.length)] : []),
  ]
  const table = Buffer.concat(commands)
  const header = Buffer.alloc(32)
  for (const [at, word] of [0xfeedfacf, processor, 0, fileType, commands.length, table.length].entries()) {
    header.writeUInt32LE(word, at * 4)
  }
  const room = Buffer.alloc(headerSize - header.length - table.length)
  const file = Buffer.concat([header, table, room, code, blob, tables.bytes])
  if (signature) hashPages(file, limit)
  return file
}

/** A universal file of parts, as `lipo` joins them; `isWide` has 64-bit offsets. */
export function fatMachO(parts: readonly Buffer[], isWide = false): Buffer {
  const rowSize = isWide ? 32 : 20
  const header = Buffer.alloc(pageSize)
  header.writeUInt32BE(isWide ? 0xcafebabf : 0xcafebabe, 0)
  header.writeUInt32BE(parts.length, 4)
  let offset = pageSize
  const padded = parts.map((part, index) => {
    const at = 8 + index * rowSize
    header.writeUInt32BE(part.readUInt32LE(4), at)
    header.writeUInt32BE(index, at + 4)
    if (isWide) header.writeBigUInt64BE(BigInt(offset), at + 8)
    else header.writeUInt32BE(offset, at + 8)
    if (isWide) header.writeBigUInt64BE(BigInt(part.length), at + 16)
    else header.writeUInt32BE(part.length, at + 12)
    header.writeUInt32BE(12, at + (isWide ? 24 : 16))
    const room = Math.ceil(part.length / pageSize) * pageSize
    offset += room
    return Buffer.concat([part, Buffer.alloc(room - part.length)])
  })
  return Buffer.concat([header, ...padded])
}

function named(kind: number, textAt: number, name: string): Buffer {
  const size = Math.ceil((textAt + Buffer.byteLength(name) + 1) / 8) * 8
  const command = Buffer.alloc(size)
  command.writeUInt32LE(kind, 0)
  command.writeUInt32LE(size, 4)
  command.writeUInt32LE(textAt, 8)
  command.write(name, textAt)
  return command
}

function segment(offset: number, size: number): Buffer {
  const command = Buffer.alloc(72 + 80)
  command.writeUInt32LE(0x19, 0)
  command.writeUInt32LE(command.length, 4)
  command.write('__TEXT', 8)
  command.writeUInt32LE(1, 64)
  command.write('__text', 72)
  command.writeUInt32LE(size, 72 + 40)
  command.writeUInt32LE(offset, 72 + 48)
  return command
}

function linkEditData(offset: number, size: number): Buffer {
  return words([0x1d, 16, offset, size])
}

/** The tables of names behind everything else, and the commands that say where they are. */
function linkTables({ symbols, trie, isOldTrie = false }: MachOFixture, offset: number) {
  const rows = symbols ? symbolTable(symbols) : { rows: Buffer.alloc(0), text: Buffer.alloc(0) }
  const exports = trie ? exportTrie(trie) : Buffer.alloc(0)
  const textAt = offset + rows.rows.length
  const trieAt = textAt + rows.text.length
  const old = [0x80000022, 48, 0, 0, 0, 0, 0, 0, 0, 0, trieAt, exports.length]
  const commands = [
    ...(symbols ? [words([0x2, 24, offset, symbols.length, textAt, rows.text.length])] : []),
    ...(trie ? [words(isOldTrie ? old : [0x80000033, 16, trieAt, exports.length])] : []),
  ]
  return { commands, bytes: Buffer.concat([rows.rows, rows.text, exports]) }
}

function symbolTable(symbols: readonly MachOSymbol[]) {
  let text = ' \0'
  const rows = symbols.map(({ name, type = 0xf }) => {
    const row = Buffer.alloc(16)
    row.writeUInt32LE(text.length, 0)
    row.writeUInt8(type, 4)
    row.writeUInt8(1, 5)
    text += `${name}\0`
    return row
  })
  return { rows: Buffer.concat(rows), text: Buffer.from(text, 'latin1') }
}

/** A root with edges of one letter each, and leaves with what is left of the names; places always take two bytes. */
export function exportTrie(names: readonly string[]): Buffer {
  const letters = [...new Set(names.map((name) => name.slice(0, 1)))]
  const leaf = Buffer.from([2, 0, 0, 0])
  const edges = (rows: readonly (readonly [string, number])[]) =>
    Buffer.concat([
      Buffer.from([0, rows.length]),
      ...rows.map(([text, at]) =>
        Buffer.concat([Buffer.from(`${text}\0`), Buffer.from([(at & 0x7f) | 0x80, at >> 7])]),
      ),
    ])
  const groups = letters.map((letter) => names.filter((name) => name.startsWith(letter)))
  const nodes: Buffer[] = []
  let at = edges(letters.map((letter) => [letter, 0])).length
  const places = groups.map((group) => {
    const place = at
    const rests = group.map((name) => name.slice(1))
    const size = edges(rests.map((rest) => [rest, 0])).length
    nodes.push(edges(rests.map((rest, index) => [rest, place + size + index * leaf.length])))
    nodes.push(...group.map(() => leaf))
    at += size + group.length * leaf.length
    return place
  })
  const root = edges(letters.map((letter, index) => [letter, places[index] ?? 0]))
  return Buffer.concat([root, ...nodes])
}

function words(values: readonly number[]): Buffer {
  const command = Buffer.alloc(values.length * 4)
  for (const [index, value] of values.entries()) command.writeUInt32LE(value, index * 4)
  return command
}

const directoryAt = 20
const hashesAt = 44

function signatureBlob(limit: number, kind: 'ad-hoc' | 'certificate'): Buffer {
  const pages = Math.ceil(limit / pageSize)
  const blob = Buffer.alloc(directoryAt + hashesAt + pages * 32)
  const words = [0xfade0cc0, blob.length, 1, 0, directoryAt]
  const directory = [
    0xfade0c02,
    blob.length - directoryAt,
    0x20400,
    kind === 'ad-hoc' ? 2 : 0,
    hashesAt,
    0,
    0,
    pages,
    limit,
  ]
  for (const [at, word] of [...words, ...directory].entries()) blob.writeUInt32BE(word, at * 4)
  blob.set([32, 2, 0, 12], directoryAt + 36)
  return blob
}

function hashPages(file: Buffer, limit: number): void {
  for (const [page, hash] of pageHashes(file, limit).entries()) {
    hash.copy(file, limit + directoryAt + hashesAt + page * 32)
  }
}

function pageHashes(file: Buffer, limit: number): Buffer[] {
  const pages = Array.from({ length: Math.ceil(limit / pageSize) }, (_, page) => page)
  return pages.map((page) =>
    createHash('sha256')
      .update(file.subarray(page * pageSize, Math.min((page + 1) * pageSize, limit)))
      .digest(),
  )
}

/** Whether the hashes in the signature are those of the pages. */
export function isSignedRightly(file: Buffer): boolean {
  const limit = pageSize * 2
  return pageHashes(file, limit).every((hash, page) => {
    const at = limit + directoryAt + hashesAt + page * 32
    return file.subarray(at, at + 32).equals(hash)
  })
}
