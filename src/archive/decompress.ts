/** Takes the outer compression off a stream. */
import { Readable } from 'node:stream'
import zlib from 'node:zlib'
import type { System } from '../system/index.js'
import { bzip2Decoded } from './bzip2.js'
import { type ByteStream, throughTransform } from './filter.js'
import { xzDecoded } from './xz.js'
import { zstdDecoded } from './zstd.js'

/** Compressions that can be undone without another container program. */
export type StreamFormat = 'gzip' | 'bzip2' | 'xz' | 'lzma' | 'zstd' | 'tar'

/** The content of a compressed stream; `tar` means that there is no compression. */
export function decompress(
  input: ByteStream,
  format: StreamFormat,
  system: Pick<System, 'process' | 'env'>,
): AsyncIterable<Uint8Array> {
  switch (format) {
    case 'gzip':
      return throughTransform(input, zlib.createGunzip({ chunkSize: 1 << 17 }))
    case 'bzip2':
      return bzip2Decoded(input, system)
    case 'xz':
    case 'lzma':
      return xzDecoded(input, system)
    case 'zstd':
      return zstdDecoded(input, system)
    case 'tar':
      return Readable.from(input, { objectMode: false })
  }
}
