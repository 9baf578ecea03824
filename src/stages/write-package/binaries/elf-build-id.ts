/** Build ids of ELF files: a hash that linkers take over everything they write, the path of the prefix included. */
import { createHash } from 'node:crypto'
import { type ElfLayout, read, readLayout, readSegments, segmentTypes } from './elf.js'

/**
 * The file with its build id computed from what it contains now. Otherwise the id alone would still tell in which
 * directory the file was built. Returns the very same buffer when there is no build id.
 */
export function renewBuildId(bytes: Buffer): Buffer {
  const layout = readLayout(bytes)
  const id = layout && findBuildId(layout)
  if (id === undefined) return bytes
  const renewed = Buffer.from(bytes)
  renewed.fill(0, id.at, id.at + id.size)
  createHash('sha256').update(renewed).digest().copy(renewed, id.at, 0, id.size)
  return renewed
}

const buildIdType = 3

function findBuildId(layout: ElfLayout): { readonly at: number; readonly size: number } | undefined {
  for (const segment of readSegments(layout)) {
    if (segment.type !== segmentTypes.note) continue
    const end = Math.min(segment.offset + segment.size, layout.bytes.length)
    for (let at = segment.offset; at + 12 <= end; ) {
      const nameSize = read(layout, at, 4)
      const size = read(layout, at + 4, 4)
      const name = layout.bytes.toString('latin1', at + 12, at + 12 + nameSize)
      const content = at + 12 + align(nameSize)
      if (name === 'GNU\0' && read(layout, at + 8, 4) === buildIdType && content + size <= end)
        return { at: content, size: Math.min(size, 32) }
      at = content + align(size)
    }
  }
  return undefined
}

function align(size: number): number {
  return Math.ceil(size / 4) * 4
}
