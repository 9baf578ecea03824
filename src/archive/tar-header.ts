/** The 512-byte blocks in front of an entry, in GNU tar format (spec: package.md 6.1). */
import { type ArchiveEntry, contentSize } from './entry.js'
import { cannotEncode } from './errors.js'

/** Size of every tar block. */
export const blockSize = 512

/** Header blocks of one entry: a `././@LongLink` pair for each name over 100 bytes, then the header itself. */
export function encodeTarHeader(entry: ArchiveEntry, mtimeSeconds: number): Buffer {
  const name = encodeName(entry.path)
  const target = entry.kind === 'symlink' ? encodeName(entry.target) : Buffer.alloc(0)
  const header = encodeBlock({
    name,
    target,
    mode: isExecutable(entry) ? 0o755 : 0o644,
    sizeBytes: contentSize(entry),
    mtimeSeconds,
    type: typeFlags[entry.kind],
  })
  const longNames = [...longName('L', name), ...longName('K', target)]
  return longNames.length === 0 ? header : Buffer.concat([...longNames, header])
}

/** How many bytes `encodeTarHeader` gives for the entry. */
export function tarHeaderSize(entry: ArchiveEntry): number {
  const lengths = [Buffer.byteLength(entry.path)]
  if (entry.kind === 'symlink') lengths.push(Buffer.byteLength(entry.target))
  return lengths.reduce((size, length) => size + longNameSize(length), blockSize)
}

/** Bytes that fill content up to a whole block. */
export function paddingOf(sizeBytes: number): number {
  return (blockSize - (sizeBytes % blockSize)) % blockSize
}

interface Block {
  readonly name: Buffer
  readonly target: Buffer
  readonly mode: number
  readonly sizeBytes: number
  readonly mtimeSeconds: number
  readonly type: string
}

const typeFlags: Record<ArchiveEntry['kind'], string> = {
  file: '0',
  bytes: '0',
  symlink: '2',
  directory: '5',
}

const longestShortName = 100

function isExecutable(entry: ArchiveEntry): boolean {
  return entry.kind === 'symlink' || entry.kind === 'directory' || entry.executable === true
}

function encodeName(name: string): Buffer {
  const bytes = Buffer.from(name)
  if (bytes.includes(0)) throw cannotEncode(name, 'its name contains a NUL byte')
  return bytes
}

function longNameSize(length: number): number {
  return length <= longestShortName ? 0 : blockSize + length + 1 + paddingOf(length + 1)
}

function longName(type: 'L' | 'K', name: Buffer): Buffer[] {
  if (name.length <= longestShortName) return []
  const content = Buffer.alloc(name.length + 1 + paddingOf(name.length + 1))
  name.copy(content)
  const target = Buffer.alloc(0)
  const block = { name: Buffer.from('././@LongLink'), target, mode: 0o644, mtimeSeconds: 0, type }
  return [encodeBlock({ ...block, sizeBytes: name.length + 1 }), content]
}

function encodeBlock(block: Block): Buffer {
  const bytes = Buffer.alloc(blockSize)
  block.name.copy(bytes, 0, 0, longestShortName)
  writeOctal(bytes, 100, 8, block.mode)
  writeOctal(bytes, 108, 8, 0)
  writeOctal(bytes, 116, 8, 0)
  writeNumber(bytes, 124, 12, block.sizeBytes)
  writeNumber(bytes, 136, 12, Math.max(0, Math.trunc(block.mtimeSeconds)))
  bytes.fill(' ', 148, 156)
  bytes.write(block.type, 156, 'latin1')
  block.target.copy(bytes, 157, 0, longestShortName)
  bytes.write('ustar  \0', 257, 'latin1')
  writeOctal(bytes, 329, 8, 0)
  writeOctal(bytes, 337, 8, 0)
  let sum = 0
  for (const byte of bytes) sum += byte
  bytes.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
  return bytes
}

function writeOctal(bytes: Buffer, offset: number, width: number, value: number): void {
  bytes.write(`${value.toString(8).padStart(width - 1, '0')}\0`, offset, 'latin1')
}

/** Octal while it fits, else GNU's base-256 with the top bit set (more than 8 GiB). */
function writeNumber(bytes: Buffer, offset: number, width: number, value: number): void {
  if (value < 8 ** (width - 1)) writeOctal(bytes, offset, width, value)
  else {
    bytes.writeBigUInt64BE(BigInt(value), offset + width - 8)
    bytes[offset] = 0x80
  }
}
