/** Writes tar archives whose bytes depend only on the entries and one time. */
import type { System } from '../system/index.js'
import { type ArchiveEntry, contentSize } from './entry.js'
import { cannotEncode, fileChanged } from './errors.js'
import { blockSize, encodeTarHeader, paddingOf, tarHeaderSize } from './tar-header.js'

export interface TarOptions {
  /** Time of every entry, seconds since the epoch. */
  readonly mtimeSeconds: number
  readonly system: Pick<System, 'fs'>
  readonly signal?: AbortSignal | undefined
}

/**
 * The tar archive of the entries, in the order given, in chunks of about one megabyte; ends with two zero blocks.
 * @throws BuildError `archive/file-changed` when a file is not as long as its entry says
 */
export async function* writeTar(
  entries: readonly ArchiveEntry[],
  options: TarOptions,
): AsyncGenerator<Buffer> {
  const pending = createPending()
  for (const entry of entries) {
    options.signal?.throwIfAborted()
    refuseUnsafePath(entry.path)
    pending.push(encodeTarHeader(entry, options.mtimeSeconds))
    for await (const chunk of contentChunks(entry, options.system)) {
      pending.push(chunk)
      if (pending.isFull()) yield pending.take()
    }
    pending.push(zeros.subarray(0, paddingOf(contentSize(entry))))
    if (pending.isFull()) yield pending.take()
  }
  pending.push(zeros)
  yield pending.take()
}

/** The exact length of what `writeTar` gives for these entries. */
export function tarSize(entries: readonly ArchiveEntry[]): number {
  return entries.reduce((total, entry) => {
    const size = contentSize(entry)
    return total + tarHeaderSize(entry) + size + paddingOf(size)
  }, 2 * blockSize)
}

const chunkSize = 1 << 20
/** Files up to this size are read at once, which is much faster than a stream each. */
const smallFile = 4 << 20
const zeros = Buffer.alloc(2 * blockSize)

/** Collects small pieces, because a stream step per header and file would cost more than the work itself. */
function createPending() {
  let pieces: Uint8Array[] = []
  let length = 0
  return {
    push(piece: Uint8Array): void {
      pieces.push(piece)
      length += piece.length
    },
    isFull: (): boolean => length >= chunkSize,
    take(): Buffer {
      const chunk = Buffer.concat(pieces, length)
      pieces = []
      length = 0
      return chunk
    },
  }
}

async function* contentChunks(entry: ArchiveEntry, system: Pick<System, 'fs'>): AsyncGenerator<Uint8Array> {
  if (entry.kind === 'bytes') yield entry.content
  if (entry.kind !== 'file') return
  if (entry.sizeBytes <= smallFile) {
    const content = await system.fs.readBytes(entry.source)
    if (content.length !== entry.sizeBytes) throw fileChanged(entry.source)
    yield content
    return
  }
  let length = 0
  for await (const chunk of system.fs.createReadStream(entry.source)) {
    length += (chunk as Buffer).length
    yield chunk as Buffer
  }
  if (length !== entry.sizeBytes) throw fileChanged(entry.source)
}

function refuseUnsafePath(path: string): void {
  const unsafe = path === '' || path.split('/').some((part) => part === '' || part === '.' || part === '..')
  if (unsafe) throw cannotEncode(path, 'the path is not a plain relative path')
}
