/** Writes the outer zip of a `.conda`: stored members, sizes known in each header (spec: package.md 6.1). */
import { Buffer } from 'node:buffer'
import { pipeline } from 'node:stream/promises'
import { crc32 } from 'node:zlib'
import type { StageContext } from '../system/index.js'
import type { ByteStream } from './filter.js'

export interface StoredZip {
  /** Adds a member; its content is written once, and its header again when size and checksum are known. */
  add(name: string, content: MemberContent, mostBytes: number): Promise<void>
  /** Writes the directory. The file is on the disk when it was flushed after that. */
  finish(): Promise<void>
}

/** The bytes of a member, or what appends them to the file, which are then read again. */
export type MemberContent = ByteStream | ((file: string) => Promise<void>)

/** A zip in a new file, member after member. `timestampSeconds` becomes the DOS time, in UTC. */
export function createStoredZip(file: string, timestampSeconds: number, context: StageContext): StoredZip {
  const { system, signal } = context
  const time = dosTime(timestampSeconds)
  const directory: Buffer[] = []
  let offset = 0
  const append = (content: ByteStream) =>
    pipeline(content, system.fs.createWriteStream(file, { flags: 'a' }), { signal })
  return {
    async add(name, content, mostBytes) {
      const unknown = { name, sizeBytes: 0, crc32: 0, isLarge: mostBytes >= limit32 }
      const member = { ...unknown }
      const header = localHeader(unknown, time)
      if (typeof content === 'function') {
        await append([header])
        await content(file)
        const start = offset + header.length
        for await (const chunk of system.fs.createReadStream(file, { start })) count(chunk as Buffer, member)
      } else await append(counted(header, content, member))
      await system.fs.writeRange(file, offset, localHeader(member, time))
      directory.push(centralHeader(member, time, offset))
      offset += header.length + member.sizeBytes
    },
    async finish() {
      const central = Buffer.concat(directory)
      await append([central, endOfDirectory(directory.length, central.length, offset)])
    },
  }
}

interface ZipMember {
  readonly name: string
  sizeBytes: number
  crc32: number
  /** Whether its header has room for a size that 32 bits cannot express. */
  readonly isLarge: boolean
}

async function* counted(header: Buffer, content: ByteStream, member: ZipMember): AsyncGenerator<Uint8Array> {
  yield header
  for await (const chunk of content) {
    count(chunk, member)
    yield chunk
  }
}

function count(chunk: Uint8Array, member: ZipMember): void {
  member.sizeBytes += chunk.length
  member.crc32 = crc32(chunk, member.crc32)
}

const limit32 = 0xffffffff
const unixRegularFile = 0o100644

/** DOS date in the upper and time in the lower half; clamped to the years a zip can express. */
function dosTime(timestampSeconds: number): number {
  const clamped = Math.min(Math.max(timestampSeconds, 315_532_800), 4_354_819_198)
  const iso = new Date(Math.trunc(clamped) * 1000).toISOString()
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] =
    iso.match(/\d+/g)?.map(Number) ?? []
  const date = ((year - 1980) << 9) | (month << 5) | day
  return date * 0x10000 + ((hour << 11) | (minute << 5) | (second >> 1))
}

function localHeader(member: ZipMember, time: number): Buffer {
  const name = Buffer.from(member.name)
  const large = member.isLarge
  const extra = large ? zip64Extra([member.sizeBytes, member.sizeBytes]) : Buffer.alloc(0)
  const header = Buffer.alloc(30)
  header.writeUInt32LE(0x04034b50, 0)
  writeCommon(header, { member, time, extraLength: extra.length, large }, 4)
  return Buffer.concat([header, name, extra])
}

function centralHeader(member: ZipMember, time: number, offset: number): Buffer {
  const name = Buffer.from(member.name)
  const large = member.isLarge
  const numbers = [
    ...(large ? [member.sizeBytes, member.sizeBytes] : []),
    ...(offset >= limit32 ? [offset] : []),
  ]
  const extra = numbers.length > 0 ? zip64Extra(numbers) : Buffer.alloc(0)
  const header = Buffer.alloc(46)
  header.writeUInt32LE(0x02014b50, 0)
  header.writeUInt16LE(0x0300 | (numbers.length > 0 ? 45 : 20), 4)
  writeCommon(header, { member, time, extraLength: extra.length, large: numbers.length > 0 }, 6)
  header.writeUInt32LE(unixRegularFile * 0x10000, 38)
  header.writeUInt32LE(Math.min(offset, limit32), 42)
  return Buffer.concat([header, name, extra])
}

interface CommonFields {
  readonly member: ZipMember
  readonly time: number
  readonly extraLength: number
  readonly large: boolean
}

/** The fields that local and central headers share, in the same order. */
function writeCommon(header: Buffer, fields: CommonFields, at: number): void {
  const { member, time, extraLength, large } = fields
  const size = member.isLarge ? limit32 : member.sizeBytes
  header.writeUInt16LE(large ? 45 : 20, at)
  header.writeUInt32LE(time, at + 6)
  header.writeUInt32LE(member.crc32, at + 10)
  header.writeUInt32LE(size, at + 14)
  header.writeUInt32LE(size, at + 18)
  header.writeUInt16LE(Buffer.byteLength(member.name), at + 22)
  header.writeUInt16LE(extraLength, at + 24)
}

function zip64Extra(numbers: readonly number[]): Buffer {
  const extra = Buffer.alloc(4 + 8 * numbers.length)
  extra.writeUInt16LE(1, 0)
  extra.writeUInt16LE(8 * numbers.length, 2)
  numbers.forEach((value, index) => {
    extra.writeBigUInt64LE(BigInt(value), 4 + 8 * index)
  })
  return extra
}

function endOfDirectory(count: number, directorySize: number, offset: number): Buffer {
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(count, 8)
  end.writeUInt16LE(count, 10)
  end.writeUInt32LE(directorySize, 12)
  end.writeUInt32LE(Math.min(offset, limit32), 16)
  return offset < limit32 ? end : Buffer.concat([zip64End(count, directorySize, offset), end])
}

function zip64End(count: number, directorySize: number, offset: number): Buffer {
  const record = Buffer.alloc(56 + 20)
  record.writeUInt32LE(0x06064b50, 0)
  record.writeBigUInt64LE(44n, 4)
  record.writeUInt16LE(0x0300 | 45, 12)
  record.writeUInt16LE(45, 14)
  record.writeBigUInt64LE(BigInt(count), 24)
  record.writeBigUInt64LE(BigInt(count), 32)
  record.writeBigUInt64LE(BigInt(directorySize), 40)
  record.writeBigUInt64LE(BigInt(offset), 48)
  record.writeUInt32LE(0x07064b50, 56)
  record.writeBigUInt64LE(BigInt(offset + directorySize), 64)
  record.writeUInt32LE(1, 72)
  return record
}
