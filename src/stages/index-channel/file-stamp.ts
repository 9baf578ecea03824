/** Tells without reading it whether a file is still the one that was read. */
import type { FileInfo } from '../../system/index.js'

/** Changes whenever the file was written or replaced, also within the same second and with the same size. */
export function stampOf({
  sizeBytes,
  mtimeNs,
  inode,
}: Pick<FileInfo, 'sizeBytes' | 'mtimeNs' | 'inode'>): string {
  return `${sizeBytes} ${mtimeNs} ${inode}`
}
