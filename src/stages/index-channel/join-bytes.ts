/** Puts together texts of which most are bytes of a file already: megabytes that need not become strings and bytes again. */

export type Bytes = string | Uint8Array

export function concatBytes(parts: readonly Bytes[]): Buffer {
  return Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)))
}

/** With `separator` between each two of them. */
export function interleave(parts: readonly Bytes[], separator: string): readonly Bytes[] {
  return parts.flatMap((part, at) => (at === 0 ? [part] : [separator, part]))
}

/** The parts share the memory of the whole. */
export function splitBytes(bytes: Buffer, separator: string): readonly Buffer[] {
  const parts: Buffer[] = []
  let start = 0
  for (let end = bytes.indexOf(separator); end !== -1; end = bytes.indexOf(separator, start)) {
    parts.push(bytes.subarray(start, end))
    start = end + separator.length
  }
  return [...parts, bytes.subarray(start)]
}
