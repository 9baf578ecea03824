/** Keeps the content of one file while it is read, as long as somebody wants it. */
import type { ContentVisitor } from './read-content.js'

/** Archives may hand the beginning of a file over in pieces smaller than this. */
const headSize = 4

/**
 * Hands over the whole content at its end.
 * @param isKept asked with the beginning (four bytes at least, if the file has them) and the bytes read so far; content that
 *   is not kept is dropped
 */
export function collectContent(
  isKept: (head: Buffer, bytes: number) => boolean,
  done: (bytes: Buffer, sha256: string) => void,
): ContentVisitor {
  const chunks: Uint8Array[] = []
  let head = Buffer.alloc(0)
  let size = 0
  let isDropped = false
  return {
    push: (chunk) => {
      if (isDropped) return
      if (head.length < headSize) head = Buffer.concat([head, chunk.subarray(0, headSize)])
      size += chunk.length
      chunks.push(chunk)
      isDropped = size >= headSize && !isKept(head, size)
      if (isDropped) chunks.length = 0
    },
    end: (sha256) => {
      if (!isDropped && (size >= headSize || isKept(head, size))) done(Buffer.concat(chunks), sha256)
    },
  }
}
