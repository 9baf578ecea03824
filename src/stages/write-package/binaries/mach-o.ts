/**
 * Reads and edits the load commands of Mach-O files: names of libraries and run paths (spec: package.md 4.3). Editing stays
 * within the file's own header, so nothing moves; a file without room for longer names is refused.
 */

/** What the dynamic linker of macOS reads of a file. */
export interface MachO {
  readonly bytes: Buffer
  /** `cputype`; see `machOProcessors`. */
  readonly processor: number
  /** Program, library or bundle. */
  readonly fileType: number
  readonly commands: readonly LoadCommand[]
  /** Where the first load command begins. */
  readonly start: number
  /** Where the first section begins: load commands may grow up to here. */
  readonly end: number
  /** The name others find this library by. */
  readonly id: string | undefined
  readonly libraries: readonly string[]
  readonly rpaths: readonly string[]
}

export interface LoadCommand {
  readonly kind: number
  readonly bytes: Buffer
}

/** The commands that krait knows by name (`<mach-o/loader.h>`). */
export const loadCommands = {
  segment: 0x1,
  segment64: 0x19,
  id: 0xd,
  rpath: 0x8000001c,
  signature: 0x1d,
} as const

/** Libraries that are loaded: plain, weak, re-exported, upward, lazily. */
const loads: ReadonlySet<number> = new Set([0xc, 0x80000018, 0x8000001f, 0x80000023, 0x20])

/** Programs, libraries and bundles; objects and debug symbols are not relocated. */
const fileTypes: ReadonlySet<number> = new Set([2, 6, 8])

/** `cputype` by conda's name of the processor. */
export const machOProcessors: Readonly<Record<string, number>> = {
  x86: 0x7,
  x86_64: 0x1000007,
  arm64: 0x100000c,
}

/** Whether the first bytes are those of a little-endian program or library; the others may be damaged. */
export function claimsMachO(bytes: Buffer): boolean {
  const magic = bytes.length < 32 ? 0 : bytes.readUInt32LE(0)
  return (magic === 0xfeedfacf || magic === 0xfeedface) && fileTypes.has(bytes.readUInt32LE(12))
}

/** Undefined for anything that is no little-endian Mach-O program or library, or is damaged. */
export function parseMachO(bytes: Buffer): MachO | undefined {
  if (!claimsMachO(bytes)) return undefined
  const start = bytes.readUInt32LE(0) === 0xfeedfacf ? 32 : 28
  const commands = readCommands(bytes, start)
  if (!commands) return undefined
  const names = (wanted: (kind: number) => boolean) => commands.filter(({ kind }) => wanted(kind)).map(nameOf)
  return {
    bytes,
    processor: bytes.readUInt32LE(4),
    fileType: bytes.readUInt32LE(12),
    commands,
    start,
    end: firstSection(commands, bytes.length),
    id: names((kind) => kind === loadCommands.id)[0],
    libraries: names((kind) => loads.has(kind)),
    rpaths: names((kind) => kind === loadCommands.rpath),
  }
}

/** Real files have some dozens; a hostile one may claim as many as fit into it. */
const mostCommands = 65_536

function readCommands(bytes: Buffer, start: number): readonly LoadCommand[] | undefined {
  const [count, size] = [bytes.readUInt32LE(16), bytes.readUInt32LE(20)]
  const end = start + size
  if (end > bytes.length || count > mostCommands) return undefined
  const commands: LoadCommand[] = []
  let at = start
  while (commands.length < count) {
    if (at + 8 > end) return undefined
    const length = bytes.readUInt32LE(at + 4)
    if (length < 8 || at + length > end) return undefined
    commands.push({ kind: bytes.readUInt32LE(at), bytes: bytes.subarray(at, at + length) })
    at += length
  }
  return commands
}

/** The text of a command lies at the offset in its third word, and ends with a zero. */
function nameOf({ bytes }: LoadCommand): string {
  const at = bytes.length < 12 ? bytes.length : bytes.readUInt32LE(8)
  const end = bytes.indexOf(0, Math.min(at, bytes.length))
  return bytes.toString('utf8', Math.min(at, bytes.length), end < 0 ? bytes.length : end)
}

/** Sections with content; those without (zero-filled ones) have no place in the file. */
function firstSection(commands: readonly LoadCommand[], fileSize: number): number {
  let first = fileSize
  for (const { kind, bytes } of commands) {
    const layout = segmentLayouts.get(kind)
    if (!layout || bytes.length < layout.header) continue
    const count = bytes.readUInt32LE(layout.count)
    for (let at = layout.header, seen = 0; seen < count && at + layout.section <= bytes.length; seen += 1) {
      const offset = bytes.readUInt32LE(at + layout.offset)
      if (offset > 0) first = Math.min(first, offset)
      at += layout.section
    }
  }
  return first
}

const segmentLayouts: ReadonlyMap<
  number,
  { header: number; count: number; section: number; offset: number }
> = new Map([
  [loadCommands.segment, { header: 56, count: 48, section: 68, offset: 40 }],
  [loadCommands.segment64, { header: 72, count: 64, section: 80, offset: 48 }],
])

export interface MachOEdit {
  /** New names by old ones, for the file's own id and the libraries it loads. */
  readonly names: ReadonlyMap<string, string>
  readonly rpaths: readonly string[]
}

/** The edited file, of the same length; undefined when its header has no room. */
export function editMachO(
  { bytes, commands, start, end }: MachO,
  { names, rpaths }: MachOEdit,
): Buffer | undefined {
  const kept = commands
    .filter(({ kind }) => kind !== loadCommands.rpath)
    .map((command) => {
      const renamed = isNamed(command) ? names.get(nameOf(command)) : undefined
      return renamed === undefined ? command.bytes : withName(command.bytes, renamed)
    })
  const added = rpaths.map((entry) => {
    const head = Buffer.alloc(12)
    head.writeUInt32LE(loadCommands.rpath, 0)
    head.writeUInt32LE(12, 8)
    return withName(head, entry)
  })
  const table = Buffer.concat([...kept, ...added])
  if (start + table.length > end) return undefined
  const edited = Buffer.from(bytes)
  const former = bytes.readUInt32LE(20)
  edited.fill(0, start, start + Math.max(former, table.length))
  table.copy(edited, start)
  edited.writeUInt32LE(kept.length + added.length, 16)
  edited.writeUInt32LE(table.length, 20)
  return edited
}

function isNamed({ kind }: LoadCommand): boolean {
  return kind === loadCommands.id || loads.has(kind)
}

/** Commands are padded to eight bytes. */
function withName(command: Buffer, name: string): Buffer {
  const at = command.readUInt32LE(8)
  const text = Buffer.from(name)
  const result = Buffer.alloc(Math.ceil((at + text.length + 1) / 8) * 8)
  command.copy(result, 0, 0, Math.min(at, command.length))
  text.copy(result, at)
  result.writeUInt32LE(result.length, 4)
  return result
}
