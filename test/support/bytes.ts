/** Input for whatever transforms bytes. */

/** Text that compresses well, and before it so much noise that does not at all. */
export function mixedBytes(sizeBytes: number, noiseBytes: number): Buffer {
  const bytes = Buffer.alloc(sizeBytes, 'what is said again and again takes no room\n')
  let state = 1
  for (let at = 0; at + 4 <= noiseBytes; at += 4) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    bytes.writeUInt32LE(state, at)
  }
  return bytes
}

/** Pieces of a megabyte. */
export function* inChunks(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += 1 << 20) yield bytes.subarray(at, at + (1 << 20))
}
