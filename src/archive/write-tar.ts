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
 * @throws BuildError `archive/file-changed` when a file is not as its entry says
 */
export async function* writeTar(
  entries: readonly ArchiveEntry[],
  options: TarOptions,
): AsyncGenerator<Buffer> {
  const pending = createPending()
  for (const entry of entries) {
    options.signal?.throwIfAborted()
    refuseUnsafePath(entry.path)
    const header = encodeTarHeader(entry, options.mtimeSeconds)
    const size = contentSize(entry)
    const isStreamed = entry.kind === 'file' && size > smallFile
    const length = header.length + (isStreamed ? 0 : size + paddingOf(size))
    if (!pending.fits(length)) yield pending.take()
    const place = pending.reserve(length)
    header.copy(place)
    if (isStreamed) {
      yield pending.take()
      yield* streamContent(entry, options.system)
      continue
    }
    await fillContent(place.subarray(header.length, header.length + size), entry, options.system)
    place.fill(0, header.length + size)
  }
  yield pending.take()
  yield Buffer.alloc(2 * blockSize)
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

/** Collects small pieces, because a stream step per header and file would cost more than the work itself. */
function createPending() {
  let chunk = Buffer.alloc(0)
  let used = 0
  return {
    /** Whether that many bytes can be added before `take`; to nothing any number can. */
    fits: (length: number): boolean => used === 0 || used + length <= chunk.length,
    /** The place of the next bytes, to be filled. */
    reserve(length: number): Buffer {
      if (used === 0) chunk = Buffer.allocUnsafe(Math.max(chunkSize, length))
      used += length
      return chunk.subarray(used - length, used)
    },
    take(): Buffer {
      const taken = chunk.subarray(0, used)
      used = 0
      return taken
    },
  }
}

async function fillContent(place: Buffer, entry: ArchiveEntry, system: Pick<System, 'fs'>): Promise<void> {
  if (entry.kind === 'bytes') place.set(entry.content)
  if (entry.kind !== 'file') return
  const { source, modifiedMs } = entry
  if (!(await system.fs.readExactly(source, place, modifiedMs))) throw fileChanged(source)
}

async function* streamContent(
  { source, sizeBytes }: Extract<ArchiveEntry, { kind: 'file' }>,
  system: Pick<System, 'fs'>,
): AsyncGenerator<Buffer> {
  let length = 0
  for await (const chunk of system.fs.createReadStream(source)) {
    length += (chunk as Buffer).length
    yield chunk as Buffer
  }
  if (length !== sizeBytes) throw fileChanged(source)
  yield Buffer.alloc(paddingOf(sizeBytes))
}

function refuseUnsafePath(path: string): void {
  const unsafe = path === '' || path.split('/').some((part) => part === '' || part === '.' || part === '..')
  if (unsafe) throw cannotEncode(path, 'the path is not a plain relative path')
}
