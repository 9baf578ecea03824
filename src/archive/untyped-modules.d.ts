/** The parts we use of packages that ship without types. */
declare module 'unbzip2-stream' {
  import type { Duplex } from 'node:stream'

  function unbzip2Stream(): Duplex
  export = unbzip2Stream
}

declare module 'bzip2-wasm' {
  class BZip2 {
    init(): Promise<void>
    compress(source: Uint8Array, blockSize: number, compressedLength: number): Uint8Array
  }
  export = BZip2
}

declare module 'lzma-native' {
  import type { Duplex } from 'node:stream'
  export function createDecompressor(): Duplex
}
