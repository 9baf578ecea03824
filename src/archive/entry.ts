/** What goes into an archive. */

/** One entry to write. Paths are relative, `/`-separated, without `./`; `executable` decides between 0755 and 0644. */
export type ArchiveEntry =
  | {
      readonly kind: 'file'
      readonly path: string
      /** Absolute path of the content. */
      readonly source: string
      readonly sizeBytes: number
      /** When it was hashed for the metadata, the time of its content then. */
      readonly modifiedMs?: number | undefined
      readonly executable: boolean
    }
  | {
      readonly kind: 'bytes'
      readonly path: string
      readonly content: Uint8Array
      readonly executable?: boolean
    }
  | { readonly kind: 'symlink'; readonly path: string; readonly target: string }
  | { readonly kind: 'directory'; readonly path: string }

/** Bytes of content an entry brings. */
export function contentSize(entry: ArchiveEntry): number {
  if (entry.kind === 'file') return entry.sizeBytes
  return entry.kind === 'bytes' ? entry.content.length : 0
}
