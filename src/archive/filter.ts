/** Streams through other programs and libraries. */
import { dirname } from 'node:path'
import { type Duplex, Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Command, System } from '../system/index.js'

/** Bytes on their way. */
export type ByteStream = AsyncIterable<Uint8Array> | Iterable<Uint8Array>

/**
 * What a program that filters standard input gives. The program is stopped when the caller stops reading.
 * Its environment is PATH alone, because variables such as `ZSTD_CLEVEL` or `BZIP2` would change the bytes.
 */
export async function* throughProgram(
  input: ByteStream,
  program: FilterProgram,
  system: Pick<System, 'process' | 'env'>,
): AsyncGenerator<Uint8Array> {
  const { stdin, stdout, done } = system.process.pipe(filterCommand(program, system))
  let failure: unknown
  const feeding = pipeline(Readable.from(input, { objectMode: false }), stdin).catch((error: unknown) => {
    failure = error
  })
  try {
    for await (const chunk of stdout) yield chunk as Buffer
    await feeding
    if (isOwnFailure(failure)) throw failure
    await done
    if (failure !== undefined) throw failure
  } finally {
    stdout.destroy()
    stdin.destroy()
  }
}

/**
 * The same, appended to a file by the program itself: nothing waits for this process to take what is ready.
 * No program is left when this rejects.
 */
export async function programToFile(
  input: ByteStream,
  program: FilterProgram,
  { file, signal, system }: ProgramToFile,
): Promise<void> {
  const { stdin, done, stop } = system.process.pipeToFile(filterCommand(program, system), file)
  try {
    await pipeline(Readable.from(input, { objectMode: false }), stdin, { signal })
  } catch (failure) {
    if (isOwnFailure(failure)) stop()
    await done.catch((error: unknown) => {
      if (!isOwnFailure(failure)) throw error
    })
    throw failure
  }
  await done
}

interface ProgramToFile {
  readonly file: string
  readonly signal?: AbortSignal | undefined
  readonly system: Pick<System, 'process' | 'env'>
}

interface FilterProgram {
  /** Absolute. */
  readonly path: string
  readonly args: readonly string[]
}

function filterCommand({ path, args }: FilterProgram, { env }: Pick<System, 'env'>): Command {
  return { program: path, args, cwd: dirname(path), env: { PATH: env.get('PATH') ?? '' } }
}

/**
 * What a library that transforms streams gives. (`Readable.compose` loses the failures of such libraries: an archive that
 * is cut off would be waited for without end.)
 */
export async function* throughTransform(input: ByteStream, transform: Duplex): AsyncGenerator<Uint8Array> {
  let failure: unknown
  const feeding = pipeline(Readable.from(input, { objectMode: false }), transform).catch((error: unknown) => {
    failure = error
  })
  try {
    for await (const chunk of transform) yield chunk as Buffer
    await feeding
    if (failure !== undefined) throw failure
  } finally {
    transform.destroy()
    await feeding
  }
}

/** Absolute path of the first of these programs on the caller's PATH; looked for once. */
export function findProgram(
  names: readonly string[],
  { process, env }: Pick<System, 'process' | 'env'>,
): Promise<string | undefined> {
  const searchPath = env.get('PATH') ?? ''
  const known = foundPrograms.get(process) ?? new Map<string, Promise<string | undefined>>()
  foundPrograms.set(process, known)
  const key = JSON.stringify([names, searchPath])
  const found = known.get(key) ?? lookFor(names, searchPath, process)
  known.set(key, found)
  return found
}

const foundPrograms = new WeakMap<System['process'], Map<string, Promise<string | undefined>>>()

async function lookFor(
  names: readonly string[],
  searchPath: string,
  process: System['process'],
): Promise<string | undefined> {
  const directories = searchPath.split(':').filter((entry) => entry.startsWith('/'))
  for (const name of names) {
    const found = await process.find(name, directories)
    if (found !== undefined) return found
  }
  return undefined
}

/** All bytes of a stream. */
export async function collectBytes(stream: ByteStream): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks)
}

/** False for the broken pipe that follows from the program's own failure, whose status says more. */
function isOwnFailure(failure: unknown): boolean {
  if (failure === undefined) return false
  const code = (failure as NodeJS.ErrnoException).code
  return code !== 'EPIPE' && code !== 'ERR_STREAM_PREMATURE_CLOSE' && code !== 'ECONNRESET'
}
