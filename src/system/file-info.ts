/** Looks at files: what they are, how large, from when. */
import { lstatSync, readdirSync, statSync } from 'node:fs'
import path from 'node:path'
import type { NodeError } from './errors.js'
import type { FileInfo, FileType, ListedEntry } from './types.js'

// A look at a file takes microseconds; a round trip through the thread pool and an exception for a missing file, ten times that.
const quietly = { bigint: true, throwIfNoEntry: false } as const

/** What the path itself is. */
export function lookAt(file: string): FileInfo | undefined {
  return toFileInfo(lstatSync(file, quietly))
}

/** What links lead to. */
export function lookBehindLinks(file: string): FileInfo | undefined {
  return toFileInfo(statSync(file, quietly))
}

/** Thousands of looks in one go: a promise for each takes longer than the looks. */
export function listWithInfo(directory: string): readonly ListedEntry[] {
  return readdirSync(directory)
    .sort()
    .flatMap((name) => {
      const stats = lookIfThere(`${directory}${path.sep}${name}`)
      if (!stats) return []
      // Of so many files only what is asked for: each number has to be made from a big one.
      const { size, mtimeNs, ino } = stats
      return [{ name, type: typeOf(stats), sizeBytes: Number(size), stamp: `${size} ${mtimeNs} ${ino}` }]
    })
}

/** Changes whenever the file was written or replaced, also within the same second and with the same size. */
export function stampOf({
  sizeBytes,
  mtimeNs,
  inode,
}: Pick<FileInfo, 'sizeBytes' | 'mtimeNs' | 'inode'>): string {
  return `${sizeBytes} ${mtimeNs} ${inode}`
}

/** A link that leads in circles is one of the entries, not a reason to say that the directory is missing. */
function lookIfThere(file: string): BigStats | undefined {
  try {
    return statSync(file, quietly)
  } catch (error) {
    if (missing.has((error as NodeError).code ?? '')) return undefined
    throw error
  }
}

/** Codes of nothing being there. */
export const missing = new Set(['ENOENT', 'ENOTDIR', 'ELOOP'])

interface BigStats {
  readonly size: bigint
  readonly mode: bigint
  readonly mtimeMs: bigint
  readonly mtimeNs: bigint
  readonly ctimeNs: bigint
  readonly ino: bigint
  readonly dev: bigint
  readonly nlink: bigint
  isFile(): boolean
  isDirectory(): boolean
  isSymbolicLink(): boolean
}

function toFileInfo(stats: BigStats | undefined): FileInfo | undefined {
  if (stats === undefined) return undefined
  return {
    type: typeOf(stats),
    sizeBytes: Number(stats.size),
    mode: Number(stats.mode) & 0o7777,
    mtimeMs: Number(stats.mtimeMs),
    mtimeNs: String(stats.mtimeNs),
    ctimeNs: String(stats.ctimeNs),
    inode: String(stats.ino),
    device: String(stats.dev),
    links: Number(stats.nlink),
  }
}

function typeOf(stats: BigStats): FileType {
  if (stats.isFile()) return 'file'
  if (stats.isDirectory()) return 'directory'
  return stats.isSymbolicLink() ? 'symlink' : 'other'
}
