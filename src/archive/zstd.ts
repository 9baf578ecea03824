/** Zstandard: the `zstd` program, else Node's own when it has one, else code that runs everywhere (docs/decisions/007). */
import type { Duplex } from 'node:stream'
import zlib from 'node:zlib'
import type { System } from '../system/index.js'
import {
  type ByteStream,
  collectBytes,
  findProgram,
  programToFile,
  throughProgram,
  throughTransform,
} from './filter.js'
import { compressInMemory, compressInThread } from './zstd-wasm.js'

/** Who did the compression; other implementations and versions give other bytes, so builds record it. */
export interface Codec {
  readonly format: 'zstd' | 'bzip2'
  readonly implementation: 'node' | 'program' | 'wasm'
}

export interface CompressOptions {
  /** -7 to 22, as strong as those of zstd. */
  readonly level: number
  readonly threads: number
  /** Exact length of the input; it is stored in the frame. */
  readonly sizeBytes: number
  readonly signal?: AbortSignal | undefined
}

type CodecSystem = Pick<System, 'process' | 'env'>

export interface ZstdEncoder {
  readonly codec: Codec
  /** One frame with the content size and without a checksum. */
  readonly compress: (input: ByteStream, options: CompressOptions) => AsyncIterable<Uint8Array>
  /** The same frame at the end of a file, where the program can write it without us. */
  readonly compressToFile?: (input: ByteStream, options: CompressOptions, file: string) => Promise<void>
}

/** Finds the encoder once. */
export async function selectZstdEncoder(system: CodecSystem): Promise<ZstdEncoder> {
  const path = await findProgram(['zstd'], system)
  if (path !== undefined) return programEncoder(path, system)
  const { createZstdCompress } = nodeZstd
  if (createZstdCompress) {
    const compress = (input: ByteStream, options: CompressOptions) =>
      throughTransform(input, createZstdCompress(nodeOptions(options)))
    return { codec: { format: 'zstd', implementation: 'node' }, compress }
  }
  const compress = (input: ByteStream, options: CompressOptions) =>
    compressInThread(input, { ...options, level: effortOf(options.level) || 3 }, system)
  return { codec: { format: 'zstd', implementation: 'wasm' }, compress }
}

function programEncoder(path: string, system: CodecSystem): ZstdEncoder {
  const program = (options: CompressOptions) => ({ path, args: programArguments(options) })
  return {
    codec: { format: 'zstd', implementation: 'program' },
    compress: (input, options) => throughProgram(input, program(options), system),
    compressToFile: (input, options, file) =>
      programToFile(input, program(options), { file, signal: options.signal, system }),
  }
}

/** One frame that holds `bytes`. */
export async function compressZstd(bytes: Uint8Array, level: number, system: CodecSystem): Promise<Buffer> {
  const encoder = await selectZstdEncoder(system)
  return collectBytes(encoder.compress([bytes], { level, threads: 1, sizeBytes: bytes.length }))
}

/** One frame, made in this process: for many small inputs, where starting a program for each would cost more. */
export async function compressSmall(bytes: Uint8Array, level: number): Promise<Buffer> {
  return compressInMemory(bytes, level)
}

/** The content of all frames in `bytes`; rejects when they are damaged or cut short. */
export async function decompressZstd(bytes: Uint8Array, system: CodecSystem): Promise<Buffer> {
  if (bytes.length <= smallInput) return collectBytes(decompressInProcess([bytes]))
  return collectBytes(zstdDecoded([bytes], system))
}

/** Decodes a stream of one or more frames. */
export async function* zstdDecoded(input: ByteStream, system: CodecSystem): AsyncGenerator<Uint8Array> {
  const { createZstdDecompress } = nodeZstd
  if (createZstdDecompress && readsAllFrames()) {
    yield* throughTransform(input, createZstdDecompress())
    return
  }
  const path = await findProgram(['zstd'], system)
  if (path === undefined) yield* decompressInProcess(input)
  else yield* throughProgram(input, { path, args: ['-dcq', '-'] }, system)
}

/** Decodes in this process, with code that runs everywhere: about 90 MB/s, but nothing to start. */
export async function* decompressInProcess(input: ByteStream): AsyncGenerator<Uint8Array> {
  const { Decompress } = await import('fzstd')
  const ready: Uint8Array[] = []
  const decoder = new Decompress((chunk) => ready.push(chunk))
  for await (const chunk of input) {
    // Slices keep the memory of one step small; the decoder works on all it is given at once.
    for (let at = 0; at < chunk.length; at += sliceSize) {
      decoder.push(chunk.subarray(at, at + sliceSize))
      yield* ready.splice(0)
    }
  }
  decoder.push(new Uint8Array(0), true)
  yield* ready
}

/** Below this many compressed bytes starting a program takes longer than decoding. */
export const smallInput = 256 * 1024

const sliceSize = 128 * 1024

interface NodeZstd {
  readonly createZstdCompress?: (options: object) => Duplex
  readonly createZstdDecompress?: () => Duplex
  readonly zstdDecompressSync?: (bytes: Uint8Array) => Buffer
}

// Node has these from 22.15; the types we compile against are older.
const nodeZstd = zlib as unknown as NodeZstd

/**
 * The decoders of Node 22 and 24 stop after the first frame, and that of 22 takes what is cut off for the whole; nothing
 * of that is in the decoder that reads two frames.
 */
function readsAllFrames(): boolean {
  const frame = Buffer.from('28b52ffd200109000061', 'hex')
  return nodeZstd.zstdDecompressSync?.(Buffer.concat([frame, frame])).toString() === 'aa'
}

/** Without workers, with which Node loses the end of what does not fit into one of its buffers (seen in 22, 24 and 26). */
function nodeOptions(options: CompressOptions): object {
  const names = zlib.constants as unknown as Record<string, number>
  const values: readonly (readonly [string, number])[] = [
    ['ZSTD_c_compressionLevel', effortOf(options.level)],
    ['ZSTD_c_checksumFlag', 0],
    ['ZSTD_c_contentSizeFlag', 1],
  ]
  const params = Object.fromEntries(values.map(([name, value]) => [String(names[name]), value]))
  return { params, pledgedSrcSize: options.sizeBytes }
}

/**
 * The level that is given to an encoder. Levels 13 to 15 differ in how deep they search: a third more time for half a
 * percent. Larger pieces save as much in no time, and an encoder without workers compresses in one piece anyway.
 */
function effortOf(level: number): number {
  return level === 14 || level === 15 ? bestEffort : level
}

const bestEffort = 13

/** What one worker compresses; twice what the program takes by itself at this level. It must not depend on the machine. */
const pieceSize = 32 << 20

/** At least one worker always: with workers the bytes do not depend on their number, without they differ. */
function programArguments(options: CompressOptions): string[] {
  const level = effortOf(options.level)
  const strength = level < 0 ? [`--fast=${-level}`] : [...(level > 19 ? ['--ultra'] : []), `-${level || 3}`]
  return [
    '-qc',
    '--no-check',
    `-T${Math.max(1, options.threads)}`,
    `--stream-size=${options.sizeBytes}`,
    ...(level === bestEffort ? [`-B${pieceSize}`] : []),
    ...strength,
    '-',
  ]
}
