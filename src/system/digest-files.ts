/** Hashes many files in threads, and finds out which of them somebody has to look into. */
import type crypto from 'node:crypto'
import type fs from 'node:fs'
import { inThread } from './thread.js'
import type { DigestedFile, DigestWork } from './types.js'

/** See `FileSystem.digestFiles`. */
export async function digestFiles(work: DigestWork): Promise<readonly (DigestedFile | undefined)[]> {
  const { files, signal, ...rest } = work
  const threads = Math.max(1, Math.min(work.threads, mostThreads, files.length))
  const input = Buffer.from(files.join('\0'))
  const rows = await Promise.all(
    Array.from({ length: threads }, async (_, first) => {
      const data: DigestPart = { ...rest, first, step: threads }
      const result = await inThread({ code: threadCode, input: Buffer.from(input), data, signal })
      return JSON.parse(Buffer.from(result).toString()) as readonly DigestRow[]
    }),
  )
  return files.map((_, index) => toDigestedFile(rows[index % threads]?.[Math.floor(index / threads)]))
}

/** Each has memory of its own, and more than this only wait for the disk. */
const mostThreads = 8

interface DigestPart extends Omit<DigestWork, 'files' | 'signal'> {
  /** Every how many files, from which on: neighbours are alike, so all threads get as much. */
  readonly first: number
  readonly step: number
}

/** Size, mode, time and hash; null for a file that needs a closer look. */
type DigestRow = readonly [number, number, number, string] | null

function toDigestedFile(row: DigestRow | undefined): DigestedFile | undefined {
  if (!row) return undefined
  const [sizeBytes, mode, modifiedMs, sha256] = row
  return { sizeBytes, mode: mode & 0o7777, modifiedMs, sha256 }
}

interface Modules {
  readonly fs: typeof fs
  readonly crypto: typeof crypto
}

/** Threads get the text of this function: it uses nothing but its parameters and what is global. */
function digestPart(
  paths: readonly string[],
  part: DigestPart,
  { fs, crypto }: Modules,
): readonly DigestRow[] {
  const { root, texts, heads, first, step } = part
  // A text may lie across two pieces, so the end of one is searched again with the next.
  const overlap = Math.max(0, ...texts.map((text) => text.length - 1))
  const buffer = Buffer.allocUnsafe(overlap + (1 << 20))
  const digestOpen = (handle: number): DigestRow => {
    const info = fs.fstatSync(handle)
    if (!info.isFile()) return null
    const hash = crypto.createHash('sha256')
    for (let done = 0, kept = 0; done < info.size; ) {
      const count = fs.readSync(handle, buffer, kept, buffer.length - kept, null)
      if (count === 0) return null
      const bytes = buffer.subarray(0, kept + count)
      if (done === 0 && heads.some((head) => bytes.subarray(0, head.length).equals(head))) return null
      if (texts.some((text) => bytes.indexOf(text) !== -1)) return null
      hash.update(buffer.subarray(kept, kept + count))
      done += count
      kept = done < info.size ? Math.min(overlap, bytes.length) : 0
      bytes.copyWithin(0, bytes.length - kept)
    }
    return [info.size, info.mode, info.mtimeMs, hash.digest('hex')]
  }
  const digest = (file: string): DigestRow => {
    try {
      // Whatever else has the place of the file by now must not be waited for.
      const handle = fs.openSync(`${root}/${file}`, fs.constants.O_RDONLY | (fs.constants.O_NONBLOCK ?? 0))
      try {
        return digestOpen(handle)
      } finally {
        fs.closeSync(handle)
      }
    } catch {
      return null
    }
  }
  return paths.filter((_, index) => index % step === first).map(digest)
}

const threadCode = `
const { parentPort, workerData } = require('node:worker_threads')
const paths = Buffer.from(workerData.input).toString().split('\\0')
const modules = { fs: require('node:fs'), crypto: require('node:crypto') }
const rows = (${String(digestPart)})(paths, workerData.data, modules)
parentPort.postMessage(Buffer.from(JSON.stringify(rows)))
`
