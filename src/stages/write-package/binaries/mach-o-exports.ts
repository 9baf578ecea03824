/**
 * Reads which symbols a Mach-O file gives to others: from its symbol table and from its export trie, either of which linkers
 * may leave out (`<mach-o/nlist.h>`, `<mach-o/loader.h>`). Of damaged tables it gives what can be read.
 */
import type { LoadCommand, MachO } from './mach-o.js'

/** Names as the file spells them (`_` before those of C), each once, in no order; empty when both tables are missing. */
export function readMachOExports(file: MachO): readonly string[] {
  return [...new Set([...readSymbolTable(file), ...readTrie(file)])]
}

/** Real tables stay far below; those of hostile files overlap, and would take hours. */
const limits = {
  name: 65_536,
  /** Bytes that are looked at for the names of a table, those that occur again included: at most, and for each of the file. */
  work: 128 << 20,
  workPerByte: 8,
  /** What an edge of the trie costs besides its text. */
  edge: 32,
} as const

const commandKinds = {
  symbolTable: 0x2,
  dyldInfo: 0x22,
  dyldInfoOnly: 0x80000022,
  exportsTrie: 0x80000033,
} as const

/** Masks and values of `n_type`. */
const symbolBits = { external: 0x01, private: 0x10, debugging: 0xe0, type: 0x0e } as const

/** Absolute, in a section, or another name of a symbol: whatever is defined. */
const definedTypes: ReadonlySet<number> = new Set([0x2, 0xe, 0xa])

function readSymbolTable({ bytes, commands, start }: MachO): readonly string[] {
  const [at, count, textAt, textSize] = wordsOf(commands, [commandKinds.symbolTable], [8, 12, 16, 20])
  const rowSize = start === 32 ? 16 : 12
  const text = bytes.subarray(textAt, textAt + textSize)
  const names: string[] = []
  let left = workFor(bytes)
  const end = Math.min(bytes.length - rowSize, at + (count - 1) * rowSize)
  for (let row = at; row <= end && left > 0; row += rowSize) {
    left -= 1
    if (!isExported(bytes.readUInt8(row + 4))) continue
    const name = textUpToZero(text, bytes.readUInt32LE(row))
    left -= name?.length ?? limits.name
    if (name !== undefined && name.length > 0) names.push(name.toString('utf8'))
  }
  return names
}

/** What a universal file is made of shares its bytes, and so the work. */
function workFor(bytes: Buffer): number {
  return Math.min(limits.work, limits.workPerByte * bytes.length)
}

function isExported(type: number): boolean {
  const isHidden = (type & symbolBits.external) === 0 || (type & symbolBits.private) !== 0
  return !isHidden && (type & symbolBits.debugging) === 0 && definedTypes.has(type & symbolBits.type)
}

function readTrie({ bytes, commands }: MachO): readonly string[] {
  const kinds = [commandKinds.dyldInfo, commandKinds.dyldInfoOnly]
  const former = wordsOf(commands, kinds, [40, 44])
  const [at, size] = former[1] > 0 ? former : wordsOf(commands, [commandKinds.exportsTrie], [8, 12])
  return walkTrie(bytes.subarray(at, at + size), workFor(bytes))
}

/** A place in the trie; `name` is what the edges to it spell, byte by byte. */
interface Node {
  readonly at: number
  readonly name: string
}

/** A node is what its symbol is, if it is one, and then edges: each a text and the place where it leads to. */
function walkTrie(trie: Buffer, work: number): readonly string[] {
  const names: string[] = []
  const open: Node[] = [{ at: 0, name: '' }]
  const seen = new Set([0])
  let left = work
  for (let node = open.pop(); node !== undefined && left > 0; node = open.pop()) {
    const symbol = readNumber(trie, node.at)
    if (symbol === undefined) continue
    if (symbol.value > 0 && node.name !== '') {
      left -= node.name.length
      names.push(Buffer.from(node.name, 'latin1').toString('utf8'))
    }
    for (const { at, text, cost } of readEdges(trie, symbol.end + symbol.value)) {
      left -= cost
      if (left <= 0) break
      const isLoop = text === '' || seen.has(at)
      if (isLoop || at >= trie.length || node.name.length + text.length > limits.name) continue
      seen.add(at)
      open.push({ at, name: node.name + text })
    }
  }
  return names
}

interface Edge {
  readonly text: string
  /** Where it leads to. */
  readonly at: number
  readonly cost: number
}

/** One that is cut short leads nowhere, and ends the list. */
function* readEdges(trie: Buffer, start: number): Generator<Edge> {
  if (start >= trie.length) return
  let at = start + 1
  for (let edges = trie.readUInt8(start); edges > 0; edges -= 1) {
    const text = textUpToZero(trie, at)
    const target = text && readNumber(trie, at + text.length + 1)
    const cost = limits.edge + (text?.length ?? limits.name)
    if (target === undefined) return yield { text: '', at: 0, cost }
    yield { text: text?.toString('latin1') ?? '', at: target.value, cost }
    at = target.end
  }
}

/** ULEB128: seven bits a byte, the lowest first. */
function readNumber(
  bytes: Buffer,
  start: number,
): { readonly value: number; readonly end: number } | undefined {
  let value = 0
  for (let index = 0; index < 5; index += 1) {
    const byte = bytes[start + index]
    if (byte === undefined) return undefined
    value += (byte & 0x7f) * 2 ** (7 * index)
    if (byte < 0x80) return { value, end: start + index + 1 }
  }
  // More than any file is long.
  return undefined
}

function textUpToZero(bytes: Buffer, at: number): Buffer | undefined {
  const part = bytes.subarray(Math.min(at, bytes.length), at + limits.name)
  const end = part.indexOf(0)
  return end === -1 ? undefined : part.subarray(0, end)
}

/** Words of the first command of some kinds; zeros when there is none, or it is too short. */
function wordsOf<const Places extends readonly number[]>(
  commands: readonly LoadCommand[],
  kinds: readonly number[],
  places: Places,
): { readonly [Place in keyof Places]: number } {
  const found = commands.find(({ kind }) => kinds.includes(kind))?.bytes
  const word = (at: number) => (found && at + 4 <= found.length ? found.readUInt32LE(at) : 0)
  return places.map(word) as { readonly [Place in keyof Places]: number }
}
