/** xz and lzma, for sources. */
import { ReadableStream } from 'node:stream/web'
import type { System } from '../system/index.js'
import { type ByteStream, findProgram, throughProgram, throughTransform } from './filter.js'

/** Decodes `.xz` and `.lzma`: the native library when it loads, else the `xz` program, else WebAssembly (`.xz` only). */
export async function* xzDecoded(
  input: ByteStream,
  system: Pick<System, 'process' | 'env'>,
): AsyncGenerator<Uint8Array> {
  const native = await loadNative()
  if (native !== undefined) {
    yield* throughTransform(input, native.createDecompressor())
    return
  }
  const path = await findProgram(['xz'], system)
  if (path === undefined) yield* xzDecodedInProcess(input)
  else yield* throughProgram(input, { path, args: ['-dcq'] }, system)
}

/** The same without native code; knows neither `.lzma` nor branch filters. */
export async function* xzDecodedInProcess(input: ByteStream): AsyncGenerator<Uint8Array> {
  const { default: xz } = await import('xz-decompress')
  const source = ReadableStream.from(input) as ConstructorParameters<typeof xz.XzReadableStream>[0]
  const reader = new xz.XzReadableStream(source).getReader()
  for (let step = await reader.read(); !step.done; step = await reader.read()) yield step.value
}

async function loadNative(): Promise<typeof import('lzma-native') | undefined> {
  try {
    const loaded = await import('lzma-native')
    return 'default' in loaded ? (loaded.default as typeof loaded) : loaded
  } catch {
    // An optional dependency: platforms without a prebuilt library do without it.
    return undefined
  }
}
