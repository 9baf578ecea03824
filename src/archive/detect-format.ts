/** What a file is, by its first bytes and never by its name (spec: build.md 7.5). */

/** How the outermost layer is encoded; `zip`, `7z` and `tar` are containers, the others compress one stream. */
export type ArchiveFormat =
  | 'gzip'
  | 'bzip2'
  | 'xz'
  | 'lzma'
  | 'zstd'
  | 'zip'
  | '7z'
  | 'lzip'
  | 'compress'
  | 'tar'

/** Bytes that `detectFormat` wants to see. */
export const detectionLength = 512

/** The format of content that begins with `bytes`, or undefined when it is none of ours. */
export function detectFormat(bytes: Uint8Array): ArchiveFormat | undefined {
  const beginning = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const found = signatures.find(({ magic, offset = 0 }) =>
    beginning.subarray(offset, offset + magic.length / 2).equals(Buffer.from(magic, 'hex')),
  )
  if (found) return found.format
  return isOldTar(beginning) ? 'tar' : undefined
}

interface Signature {
  readonly format: ArchiveFormat
  /** Hexadecimal. */
  readonly magic: string
  readonly offset?: number
}

const signatures: readonly Signature[] = [
  { format: 'gzip', magic: '1f8b' },
  { format: 'bzip2', magic: '425a68' },
  { format: 'xz', magic: 'fd377a585a00' },
  { format: 'zstd', magic: '28b52ffd' },
  { format: 'zip', magic: '504b0304' },
  // A zip without members is its end record alone.
  { format: 'zip', magic: '504b0506' },
  { format: '7z', magic: '377abcaf271c' },
  { format: 'lzip', magic: '4c5a4950' },
  { format: 'compress', magic: '1f9d' },
  { format: 'lzma', magic: '5d0000' },
  { format: 'tar', magic: '7573746172', offset: 257 },
]

/** Archives from before `ustar` have no magic, but the checksum of their first header. */
function isOldTar(block: Buffer): boolean {
  if (block.length < 512) return false
  const stated = Number.parseInt(block.toString('latin1', 148, 156).replace(/[\0 ]+$/, ''), 8)
  const sum = block.reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 32 : byte), 0)
  return stated === sum && sum > 256
}
