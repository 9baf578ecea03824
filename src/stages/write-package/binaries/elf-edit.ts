/** Changes the run path of an ELF file without moving anything in it (spec: package.md 4.5). */
import { type Elf, parseElf, readString, readTexts, tags } from './elf.js'
import { listSymbols, readSymbols } from './elf-symbols.js'
import { listVersionOffsets } from './elf-versions.js'

export interface RunPathEdit {
  /** Entries joined by `:`. */
  readonly runPath: string
  /** DT_RPATH wins over LD_LIBRARY_PATH; Android only knows DT_RUNPATH. */
  readonly tag: 'rpath' | 'runpath'
}

/**
 * A copy of the file with the run path in place of the one it has, or undefined when there is no room: no run path yet,
 * a shorter one, or one whose text other entries need.
 */
export function editRunPath(elf: Elf, edit: RunPathEdit): Buffer | undefined {
  const wanted = tags[edit.tag]
  const entries = elf.dynamic.filter((entry) => entry.tag === tags.rpath || entry.tag === tags.runpath)
  const kept = entries.find((entry) => entry.tag === wanted) ?? entries[0]
  const others = entries.filter((entry) => entry !== kept)
  if (kept === undefined || (others.length > 0 && machinesWithFixedRows.has(elf.machine))) return undefined
  const room = roomFor(elf, kept.value)
  const text = Buffer.from(edit.runPath)
  if (room === undefined || text.length + 1 > room) return undefined
  const bytes = Buffer.from(elf.bytes)
  const start = elf.strings.at + kept.value
  bytes.fill(0, start, start + room)
  text.copy(bytes, start)
  writeWord(bytes, elf, kept.at, wanted)
  for (const other of others) blank(bytes, elf, { offset: other.value, keep: kept.value, room })
  if (others.length > 0) removeRows(bytes, elf, new Set(others.map((other) => other.at)))
  return bytes
}

/**
 * What differs between two versions of a file that must only differ in the run path; undefined when all is well.
 */
export function compareEdited(before: Elf, bytes: Buffer, runPath: string): string | undefined {
  const after = parseElf(bytes)
  if (after === undefined) return 'the result is not a valid ELF file'
  const found = [...readTexts(after, tags.rpath), ...readTexts(after, tags.runpath)]
  if (found.length !== 1 || found[0] !== runPath) return `the run path is \`${found.join(':')}\``
  if (!sameTexts(readTexts(before, tags.needed), readTexts(after, tags.needed)))
    return 'the needed libraries differ'
  const names = (elf: Elf) => readSymbols(elf).map((symbol) => symbol.name)
  return sameTexts(names(before), names(after)) ? undefined : 'the names of symbols differ'
}

/** MIPS finds its debugger by the distance from a row of the table, so rows must stay where they are. */
const machinesWithFixedRows = new Set([8])

/**
 * Bytes from the start of a string that belong to it alone, its NUL included. Linkers let a string end in another one,
 * so a symbol called `lib` may live in the tail of a run path.
 */
function roomFor(elf: Elf, offset: number): number | undefined {
  const { at } = elf.strings
  const start = offset === 0 ? 0 : elf.bytes.lastIndexOf(0, at + offset - 1) + 1 - at
  const end = offset + readString(elf, offset).length
  let room = end + 1 - offset
  for (const used of listStringOffsets(elf)) {
    // The run path is itself a name, or the tail of a longer string.
    if (used >= start && used <= offset && used !== 0) return undefined
    if (used > offset && used <= end) room = Math.min(room, used - offset)
  }
  return room
}

interface Blank {
  readonly offset: number
  readonly keep: number
  readonly room: number
}

/** Removes the text of the entry that goes, where nothing else uses it. */
function blank(bytes: Buffer, elf: Elf, { offset, keep, room }: Blank): void {
  const free = roomFor(elf, offset)
  if (free === undefined) return
  const overlaps = offset < keep + room && keep < offset + free
  if (!overlaps) bytes.fill(0, elf.strings.at + offset, elf.strings.at + offset + free)
}

/** Moves the rows behind the removed ones up; the table ends in as many more empty rows. */
function removeRows(bytes: Buffer, elf: Elf, removed: ReadonlySet<number>): void {
  const rowSize = elf.is64 ? 16 : 8
  const first = elf.dynamic[0]?.at ?? 0
  const rows = elf.dynamic
    .filter((entry) => !removed.has(entry.at))
    .map((entry) => Buffer.from(bytes.subarray(entry.at, entry.at + rowSize)))
  const table = Buffer.concat(rows)
  table.copy(bytes, first)
  bytes.fill(0, first + table.length, first + elf.dynamic.length * rowSize)
}

function writeWord(bytes: Buffer, elf: Elf, at: number, value: number): void {
  if (elf.is64 && elf.littleEndian) bytes.writeBigUInt64LE(BigInt(value), at)
  else if (elf.is64) bytes.writeBigUInt64BE(BigInt(value), at)
  else if (elf.littleEndian) bytes.writeUInt32LE(value, at)
  else bytes.writeUInt32BE(value, at)
}

function sameTexts(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((text, index) => text === right[index])
}

/** Offsets into the string table that something other than the run path uses. */
function listStringOffsets(elf: Elf): number[] {
  const named = new Set<number>([tags.needed, tags.soname, tags.auxiliary, tags.filter])
  return [
    ...elf.dynamic.filter((entry) => named.has(entry.tag)).map((entry) => entry.value),
    ...[...listSymbols(elf)].map(({ nameOffset }) => nameOffset),
    ...listVersionOffsets(elf),
  ]
}
