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
  const commands = [
    segment(headerSize, code.length),
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
  const file = Buffer.concat([header, table, room, code, blob])
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
  const size = Math.ceil((textAt + name.length + 1) / 8) * 8
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
  const command = Buffer.alloc(16)
  for (const [at, word] of [0x1d, 16, offset, size].entries()) command.writeUInt32LE(word, at * 4)
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
