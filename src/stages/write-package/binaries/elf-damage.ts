/** Tells damaged ELF programs and libraries from those that are no concern of a dynamic linker. */
import {
  type ElfLayout,
  parseElf,
  read,
  readLayout,
  readSegments,
  type Segment,
  segmentTypes,
} from './elf.js'

/**
 * Why a dynamic linker can do nothing with a program or library. Undefined for static ones, for files with nothing but what
 * debuggers need, and for all other files.
 */
export function findElfDamage(bytes: Buffer): string | undefined {
  const layout = readLayout(bytes)
  if (layout === undefined) return undefined
  const word = layout.is64 ? 8 : 4
  const table = read(layout, layout.is64 ? 32 : 28, word)
  const size = read(layout, layout.is64 ? 54 : 42, 2) * read(layout, layout.is64 ? 56 : 44, 2)
  if (table + size > bytes.length) return 'its table of segments lies outside of the file'
  const segments = readSegments(layout)
  const dynamic = segments.find(({ type }) => type === segmentTypes.dynamic)
  const damage = dynamic && damageOfDynamic(bytes, dynamic)
  return dynamic && damage && !isLeftOut(layout, dynamic) ? damage : undefined
}

function damageOfDynamic(bytes: Buffer, { offset, size }: Segment): string | undefined {
  if (offset + size > bytes.length) return 'its dynamic table lies outside of the file'
  const names = parseElf(bytes)?.strings
  const isInside = names !== undefined && names.at + names.size <= bytes.length
  return isInside ? undefined : 'the names in its dynamic table lie outside of the file'
}

/** Files for debuggers (`objcopy --only-keep-debug`) keep the headers, and say of sections that they have no bytes. */
function isLeftOut(layout: ElfLayout, dynamic: Segment): boolean {
  const { is64 } = layout
  const word = is64 ? 8 : 4
  const table = read(layout, is64 ? 40 : 32, word)
  const size = read(layout, is64 ? 58 : 46, 2)
  const count = read(layout, is64 ? 60 : 48, 2)
  for (let at = table, left = count; left > 0; left -= 1, at += size) {
    const address = read(layout, at + (is64 ? 16 : 12), word)
    if (address === dynamic.address && read(layout, at + 4, 4) === withoutBytes) return true
  }
  return false
}

const withoutBytes = 8
