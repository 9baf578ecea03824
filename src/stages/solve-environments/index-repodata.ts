/**
 * Decides where the records of each package lie in a repodata.json, without parsing the records: channels have hundreds of
 * thousands of them, and a solve looks at few (spec: environment.md A.5 step 1).
 */
import { malformedRepodata } from './errors.js'

/** A record that has not been parsed yet. */
export interface RawRecord {
  readonly fn: string
  readonly start: number
  readonly end: number
}

export interface RepodataIndex {
  readonly bytes: Buffer
  /** URL below which the archives are, when it is not the channel's own. */
  readonly baseUrl: string | undefined
  readonly byName: ReadonlyMap<string, readonly RawRecord[]>
}

/**
 * Finds all records of a repodata.json.
 * @param url for messages
 * @throws BuildError `channel/malformed-repodata`
 */
export function indexRepodata(bytes: Uint8Array, url: string): RepodataIndex {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const fail = (reason: string, cause?: unknown) => malformedRepodata(url, reason, cause)
  const scanner: Scanner = { buffer, fail }
  const byName = new Map<string, RawRecord[]>()
  const removed = new Set<string>()
  let baseUrl: string | undefined
  for (const { key, start, end } of members(scanner, 0)) {
    if (key === 'packages' || key === 'packages.conda') addRecords(scanner, { start, suffix: '' }, byName)
    else if (key === 'v3') addRevisedRecords(scanner, start, byName)
    else if (key === 'info') baseUrl = readBaseUrl(parsePart(scanner, start, end))
    else if (key === 'removed') for (const fn of readStrings(parsePart(scanner, start, end))) removed.add(fn)
  }
  return { bytes: buffer, baseUrl, byName: removed.size > 0 ? withoutRemoved(byName, removed) : byName }
}

interface Scanner {
  readonly buffer: Buffer
  readonly fail: (reason: string, cause?: unknown) => Error
}

interface Member {
  readonly key: string
  readonly start: number
  readonly end: number
}

function addRecords(
  scanner: Scanner,
  { start, suffix }: { readonly start: number; readonly suffix: string },
  byName: Map<string, RawRecord[]>,
): void {
  for (const member of members(scanner, start)) {
    const record = { fn: member.key + suffix, start: member.start, end: member.end }
    const name = nameOf(record.fn)
    const list = byName.get(name)
    if (list) list.push(record)
    else byName.set(name, [record])
  }
}

/** Records of revision 3 are grouped by archive type and keyed without extension (CEP 48). */
function addRevisedRecords(scanner: Scanner, start: number, byName: Map<string, RawRecord[]>): void {
  for (const { key, start: inner } of members(scanner, start)) {
    if (key === 'conda' || key === 'tar.bz2') addRecords(scanner, { start: inner, suffix: `.${key}` }, byName)
  }
}

/** The text before the last two dashes; names are lower case in every channel that follows the rules. */
function nameOf(fn: string): string {
  return fn.slice(0, fn.lastIndexOf('-', fn.lastIndexOf('-') - 1)).toLowerCase()
}

function withoutRemoved(
  byName: ReadonlyMap<string, readonly RawRecord[]>,
  removed: ReadonlySet<string>,
): ReadonlyMap<string, readonly RawRecord[]> {
  return new Map([...byName].map(([name, records]) => [name, records.filter(({ fn }) => !removed.has(fn))]))
}

function parsePart({ buffer, fail }: Scanner, start: number, end: number): unknown {
  try {
    return JSON.parse(buffer.toString('utf8', start, end))
  } catch (error) {
    throw fail('it is not JSON', error)
  }
}

function readBaseUrl(info: unknown): string | undefined {
  if (typeof info !== 'object' || info === null || !('base_url' in info)) return undefined
  return typeof info.base_url === 'string' && info.base_url !== '' ? info.base_url : undefined
}

function readStrings(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []
}

const quote = 0x22
const backslash = 0x5c
const openBrace = 0x7b
const closeBrace = 0x7d
const openBracket = 0x5b
const closeBracket = 0x5d
const comma = 0x2c
const colon = 0x3a

/** The members of the object that begins at `at`. */
function* members(scanner: Scanner, at: number): Generator<Member> {
  const { buffer, fail } = scanner
  let position = skipBlanks(buffer, at)
  if (buffer[position] !== openBrace) throw fail('an object is missing')
  position = skipBlanks(buffer, position + 1)
  if (buffer[position] === closeBrace) return
  for (;;) {
    if (buffer[position] !== quote) throw fail('a key is missing')
    const keyEnd = stringEnd(scanner, position)
    const key = readKey(scanner, position, keyEnd)
    position = skipBlanks(buffer, keyEnd)
    if (buffer[position] !== colon) throw fail('a colon is missing')
    const start = skipBlanks(buffer, position + 1)
    const end = valueEnd(scanner, start)
    yield { key, start, end }
    position = skipBlanks(buffer, end)
    if (buffer[position] === closeBrace) return
    if (buffer[position] !== comma) throw fail('a comma is missing')
    position = skipBlanks(buffer, position + 1)
  }
}

function skipBlanks(buffer: Buffer, at: number): number {
  let position = at
  while (isBlank(buffer[position])) position += 1
  return position
}

function isBlank(byte: number | undefined): boolean {
  return byte === 32 || byte === 10 || byte === 13 || byte === 9
}

/** Position after the closing quote of the string that begins at `at`. */
function stringEnd({ buffer, fail }: Scanner, at: number): number {
  let end = at
  for (;;) {
    end = buffer.indexOf(quote, end + 1)
    if (end < 0) throw fail('a string does not end')
    let escapes = 0
    while (buffer[end - 1 - escapes] === backslash) escapes += 1
    if (escapes % 2 === 0) return end + 1
  }
}

function readKey(scanner: Scanner, start: number, end: number): string {
  const text = scanner.buffer.toString('utf8', start + 1, end - 1)
  return text.includes('\\') ? String(parsePart(scanner, start, end)) : text
}

function valueEnd(scanner: Scanner, at: number): number {
  const { buffer, fail } = scanner
  let position = at
  let depth = 0
  do {
    const byte = buffer[position]
    if (byte === undefined) throw fail('it ends too early')
    if (byte === quote) position = stringEnd(scanner, position)
    else {
      if (byte === openBrace || byte === openBracket) depth += 1
      else if (byte === closeBrace || byte === closeBracket) depth -= 1
      position += 1
    }
  } while (depth > 0 || !endsValue(buffer[position]))
  return position
}

function endsValue(byte: number | undefined): boolean {
  return byte === comma || byte === closeBrace || byte === undefined
}
