/** Zstandard in WebAssembly, for machines without the program and Node versions without their own. */
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import type { System } from '../system/index.js'
import { type ByteStream, collectBytes } from './filter.js'

export interface WasmOptions {
  /** -7 to 22, but not 0. */
  readonly level: number
  /** Exact length of the input; it is stored in the frame. */
  readonly sizeBytes: number
  readonly signal?: AbortSignal | undefined
}

/** Nearly as quick as the program, but input, output and tables are in memory as a whole, twice. */
const wholeLimit = 128 << 20

/**
 * One frame, made in a thread: it takes minutes for a large package, in which this thread has to answer to Ctrl-C.
 * Whatever the size of the input, it takes no more than about 400 MB of memory.
 */
export async function* compressInThread(
  input: ByteStream,
  options: WasmOptions,
  { process }: Pick<System, 'process'>,
): AsyncGenerator<Uint8Array> {
  const { level, signal } = options
  const data = { level, from: import.meta.url }
  if (options.sizeBytes > wholeLimit) yield* compressInPieces(input, options, { process })
  else yield await process.inThread({ code: wholeCode, input: await collectBytes(input), data, signal })
}

/** The same for input of any size. */
export async function* compressInPieces(
  input: ByteStream,
  { level, sizeBytes, signal }: WasmOptions,
  { process }: Pick<System, 'process'>,
): AsyncGenerator<Uint8Array> {
  const library = pathToFileURL(createRequire(import.meta.url).resolve('@hpcc-js/wasm-zstd'))
  const data = { level, library: library.href }
  const frame = process.throughThread({ code: pieceCode, data, signal }, ofLength(input, sizeBytes))
  yield* withContentSize(frame, sizeBytes)
}

/** What is said of the length in the header has to be true. */
async function* ofLength(input: ByteStream, sizeBytes: number): AsyncGenerator<Uint8Array> {
  let length = 0
  for await (const chunk of input) {
    length += chunk.length
    yield chunk
  }
  if (length !== sizeBytes) throw new Error(`${length} bytes came instead of ${sizeBytes}`)
}

/** One frame, made in this thread. */
export async function compressInMemory(bytes: Uint8Array, level: number): Promise<Buffer> {
  const { default: library } = await import('@foxglove/wasm-zstd')
  await library.isLoaded
  return Buffer.from(library.compress(bytes, level || 3))
}

const wholeCode = `
const { createRequire } = require('node:module')
const { parentPort, workerData } = require('node:worker_threads')
const { input, data } = workerData
const library = createRequire(data.from)('@foxglove/wasm-zstd')
library.isLoaded.then(() => parentPort.postMessage(library.compress(input, data.level)))
`

/** Another library: the one above takes no pieces, and this one takes ten times as long to load. */
const pieceCode = `
const { parentPort, workerData: { data } } = require('node:worker_threads')
import(data.library)
  .then(({ Zstd }) => Zstd.load())
  .then((zstd) => {
    zstd.reset()
    zstd.setCompressionLevel(data.level)
    parentPort.on('message', (piece) => {
      parentPort.postMessage(piece === null ? zstd.compressEnd() : zstd.compressChunk(piece))
    })
  })
`

/** Magic number, descriptor, size of the window. */
const plainHeader = 6

/**
 * Puts the length of the content into the header of a frame that was made without knowing it (RFC 8878, 3.1.1.1): readers
 * make room for it at once, and the program and the other library store it, too.
 */
async function* withContentSize(
  frame: AsyncIterable<Uint8Array>,
  sizeBytes: number,
): AsyncGenerator<Uint8Array> {
  let isStart = true
  for await (const bytes of frame) {
    if (bytes.length === 0) continue
    // Without input the frame is complete when it is begun, and knows that.
    if (isStart && bytes[4] === 0) {
      yield headerWithSize(bytes, sizeBytes)
      yield bytes.subarray(plainHeader)
    } else yield bytes
    isStart = false
  }
}

/** @param frame with a descriptor that tells of no size, no checksum and no dictionary */
function headerWithSize(frame: Uint8Array, sizeBytes: number): Uint8Array {
  const header = Buffer.alloc(plainHeader + 8)
  header.set(frame.subarray(0, plainHeader))
  // Eight bytes of length.
  header[4] = 0xc0
  header.writeBigUInt64LE(BigInt(sizeBytes), plainHeader)
  return header
}
