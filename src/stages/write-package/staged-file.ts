/** A file as it will be in the package. */
import type { ArchiveEntry } from '../../archive/index.js'
import type { FileMode } from './placeholder.js'

/** Where the final bytes are: unchanged in the prefix, changed in the staging directory, or in memory when small. */
export type Content = { readonly path: string; readonly modifiedMs?: number } | { readonly bytes: Buffer }

export interface StagedRegularFile {
  readonly kind: 'file'
  /** In the package. */
  readonly path: string
  /** In the prefix, relative to it; the package path for files that were made here. */
  readonly origin: string
  readonly content: Content
  readonly sizeBytes: number
  readonly sha256: string
  readonly executable: boolean
  /** Set when installers have to replace the placeholder. */
  readonly placeholder?: FileMode
  /** What they have to replace; set with `placeholder`. */
  readonly prefixPlaceholder?: string
}

export interface StagedSymlink {
  readonly kind: 'symlink'
  readonly path: string
  readonly origin: string
  readonly target: string
}

export type StagedFile = StagedRegularFile | StagedSymlink

/** The archive entry of a staged file. */
export function toArchiveEntry(file: StagedFile): ArchiveEntry {
  const { path } = file
  if (file.kind === 'symlink') return { kind: 'symlink', path, target: file.target }
  const { content, sizeBytes, executable } = file
  if ('bytes' in content) return { kind: 'bytes', path, content: content.bytes, executable }
  const { path: source, modifiedMs } = content
  return { kind: 'file', path, source, sizeBytes, modifiedMs, executable }
}
