/** bzip2, for `.tar.bz2` packages and sources. */
import type { System } from '../system/index.js'
import { type ByteStream, findProgram, throughProgram } from './filter.js'
import type { Codec } from './zstd.js'

type CodecSystem = Pick<System, 'process' | 'env'>

/** Finds the encoder once; both write what `bzip2 -<level>` writes, the library as several streams for large input. */
export async function selectBzip2Encoder(system: CodecSystem): Promise<{
  readonly codec: Codec
  readonly compress: (input: ByteStream, level: number) => AsyncIterable<Uint8Array>
}> {
  const path = await findProgram(['bzip2'], system)
  if (path === undefined)
    return { codec: { format: 'bzip2', implementation: 'wasm' }, compress: compressInProcess }
  const compress = (input: ByteStream, level: number) =>
    throughProgram(input, { path, args: ['-zcq', `-${level}`] }, system)
  return { codec: { format: 'bzip2', implementation: 'program' }, compress }
}

/** The whole content of a bzip2 file that is in memory. */
export async function decompressBzip2(bytes: Uint8Array, system: CodecSystem): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  const input = (async function* () {
    yield bytes
  })()
  for await (const chunk of bzip2Decoded(input, system)) chunks.push(chunk)
  return Buffer.concat(chunks)
}

/** Decodes one or more concatenated streams. */
export async function* bzip2Decoded(input: ByteStream, system: CodecSystem): AsyncGenerator<Uint8Array> {
  const path = await findProgram(['bzip2', 'lbzip2'], system)
  if (path === undefined) yield* bzip2DecodedInProcess(input)
  else yield* throughProgram(input, { path, args: ['-dcq'] }, system)
}

/** The same without a program, at about 8 MB/s. */
export async function* bzip2DecodedInProcess(input: ByteStream): AsyncGenerator<Uint8Array> {
  const { default: unbzip2Stream } = await import('unbzip2-stream')
  const decoder = unbzip2Stream()
  const ready: Uint8Array[] = []
  let failure: unknown
  decoder.on('data', (chunk: Uint8Array) => ready.push(chunk))
  decoder.on('error', (error: unknown) => {
    failure ??= typeof error === 'string' ? new Error(error) : damaged(error)
  })
  for await (const chunk of input) {
    decoder.write(chunk)
    if (failure !== undefined) throw failure
    yield* ready.splice(0)
  }
  decoder.end()
  if (failure !== undefined) throw failure
  yield* ready
}

/** The library reads behind the end of its tables when data is damaged. */
function damaged(error: unknown): unknown {
  const isOwnMistake = error instanceof TypeError || error instanceof RangeError
  return isOwnMistake ? new Error('its bzip2 data is damaged or cut short', { cause: error }) : error
}

/** The library crashes on large buffers; bzip2 readers take streams that follow each other as one. */
const streamSize = 8 << 20

async function* compressInProcess(input: ByteStream, level: number): AsyncGenerator<Uint8Array> {
  const { default: BZip2 } = await import('bzip2-wasm')
  const encoder = new BZip2()
  await encoder.init()
  let rest = Buffer.alloc(0)
  const encode = (bytes: Uint8Array) => encoder.compress(bytes, level, Math.ceil(bytes.length * 1.01) + 600)
  for await (const chunk of input) {
    rest = Buffer.concat([rest, chunk])
    for (; rest.length > streamSize; rest = rest.subarray(streamSize))
      yield encode(rest.subarray(0, streamSize))
  }
  yield encode(rest)
}
