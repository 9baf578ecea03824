/** Decides how the bytes of a repodata.json are read: a file in pieces that are forgotten again, or what is in memory anyway. */
import type { FileInfo, System } from '../../system/index.js'
import type { JsonWindow } from './json-window.js'

/** Where the text of a repodata.json is. */
export type RepodataSource =
  | { readonly kind: 'file'; readonly path: string; readonly info: FileInfo }
  | { readonly kind: 'memory'; readonly bytes: Uint8Array }

/** Smaller files are read at once: nothing that replaces them can mix old content with new. */
export const smallFileBytes = 2 << 20

/** A file as a source. */
export async function openFile(
  path: string,
  info: FileInfo,
  fs: Pick<System['fs'], 'readBytes'>,
): Promise<RepodataSource> {
  if (info.sizeBytes >= smallFileBytes) return { kind: 'file', path, info }
  return { kind: 'memory', bytes: await fs.readBytes(path) }
}

/** All of it. */
export async function readWhole(source: RepodataSource, { fs }: Pick<System, 'fs'>): Promise<Uint8Array> {
  return source.kind === 'memory' ? source.bytes : fs.readBytes(source.path)
}

/** The bytes of a part of it. */
export async function readPart(
  source: RepodataSource,
  start: number,
  end: number,
  { fs }: Pick<System, 'fs'>,
): Promise<Buffer> {
  if (source.kind === 'memory') return asBuffer(source.bytes).subarray(start, end)
  return asBuffer(await fs.readRange(source.path, start, end - start))
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/** Runs a scan over the whole text and gives what the scan returns. */
export async function scanSource<T>(
  source: RepodataSource,
  scan: (window: JsonWindow) => Generator<void, T>,
  { system, fail }: { readonly system: Pick<System, 'fs'>; readonly fail: JsonWindow['fail'] },
): Promise<T> {
  const window: JsonWindow = { buffer: Buffer.alloc(0), position: 0, base: 0, isLast: false, fail }
  const refill = source.kind === 'memory' ? showAll(source.bytes) : readPieces(source, system)
  const steps = scan(window)
  for (let step = steps.next(); ; step = steps.next()) {
    if (step.done) return step.value
    await refill(window)
  }
}

type Refill = (window: JsonWindow) => Promise<void>

function showAll(bytes: Uint8Array): Refill {
  return async (window) => {
    window.buffer = asBuffer(bytes)
    window.isLast = true
  }
}

/** Read at once: what fits into the processor's cache is scanned fastest. */
const pieceBytes = 1 << 20

/** Every piece takes the place of the one before it, so that memory does not grow with the file. */
function readPieces({ path, info }: RepodataSource & { kind: 'file' }, { fs }: Pick<System, 'fs'>): Refill {
  let memory = Buffer.allocUnsafeSlow(pieceBytes)
  return async (window) => {
    const rest = window.buffer.subarray(window.position)
    const larger = rest.length * 2 > memory.length ? Buffer.allocUnsafeSlow(memory.length * 2) : memory
    rest.copy(larger)
    memory = larger
    window.base += window.position
    window.position = 0
    const free = memory.subarray(rest.length)
    const length = await fs.readInto(path, window.base + rest.length, free)
    window.buffer = memory.subarray(0, rest.length + length)
    window.isLast = length < free.length || window.base + window.buffer.length >= info.sizeBytes
  }
}
