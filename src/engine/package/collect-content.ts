/** Keeps the content of one file while it is read, as long as somebody wants it. */
import type { ContentVisitor } from './read-content.js'

/**
 * Hands over the whole content at its end.
 * @param isKept asked with the beginning (the first chunk) and the bytes read so far; content that is not kept is dropped
 */
export function collectContent(
  isKept: (head: Buffer, bytes: number) => boolean,
  done: (bytes: Buffer) => void,
): ContentVisitor {
  const chunks: Uint8Array[] = []
  let head: Buffer | undefined
  let size = 0
  let isDropped = false
  return {
    push: (chunk) => {
      if (isDropped) return
      head ??= Buffer.from(chunk)
      size += chunk.length
      chunks.push(chunk)
      isDropped = !isKept(head, size)
      if (isDropped) chunks.length = 0
    },
    end: () => {
      if (!isDropped) done(Buffer.concat(chunks))
    },
  }
}
