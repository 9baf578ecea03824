/**
 * Decides where the parts of a JSON text begin and end, while only a window of the text is in memory. Every function that
 * looks ahead answers undefined when the window ends too early, and can be asked again after the window has moved on.
 */

/** The part of a file that is in memory. */
export interface JsonWindow {
  buffer: Buffer
  /** Where reading goes on, in the buffer; what lies before is not needed any more. */
  position: number
  /** Position of the buffer's first byte in the file. */
  base: number
  /** True when nothing follows the buffer. */
  isLast: boolean
  readonly fail: (reason: string, cause?: unknown) => Error
}

const quote = 0x22
const backslash = 0x5c
const openBrace = 0x7b
const closeBrace = 0x7d
const openBracket = 0x5b
const closeBracket = 0x5d
const comma = 0x2c
const colon = 0x3a

/** Asks again each time the window has moved on; yields when it has to. */
export function* complete<T>(window: JsonWindow, attempt: () => T | undefined): Generator<void, T> {
  for (;;) {
    const result = attempt()
    if (result !== undefined) return result
    if (window.isLast) throw window.fail('it ends too early')
    yield
  }
}

/** Moves behind the brace that opens an object. */
export function* enterObject(window: JsonWindow): Generator<void> {
  const start = yield* complete(window, () => skipBlanks(window, window.position))
  if (window.buffer[start] !== openBrace) throw window.fail('an object is missing')
  window.position = start + 1
}

export interface Member {
  readonly key: string
  /** Position of the key's quote in the file. */
  readonly start: number
}

/** Moves to the value of the next member, or behind the end of the object. */
export function* nextMember(window: JsonWindow, isFirst: boolean): Generator<void, Member | undefined> {
  const found = yield* complete(window, () => tryMember(window, isFirst))
  window.position = found.next
  return found.member
}

interface FoundMember {
  readonly member: Member | undefined
  readonly next: number
}

function tryMember(window: JsonWindow, isFirst: boolean): FoundMember | undefined {
  const { buffer, fail, base } = window
  let start = skipBlanks(window, window.position)
  if (start === undefined) return undefined
  if (buffer[start] === closeBrace) return { member: undefined, next: start + 1 }
  if (!isFirst) {
    if (buffer[start] !== comma) throw fail('a comma is missing')
    start = skipBlanks(window, start + 1)
    if (start === undefined) return undefined
  }
  if (buffer[start] !== quote) throw fail('a key is missing')
  const end = stringEnd(buffer, start)
  const next = end === undefined ? undefined : valueStart(window, end)
  if (end === undefined || next === undefined) return undefined
  return { member: { key: readKey(window, start, end), start: base + start }, next }
}

function valueStart(window: JsonWindow, keyEnd: number): number | undefined {
  const at = skipBlanks(window, keyEnd)
  if (at === undefined) return undefined
  if (window.buffer[at] !== colon) throw window.fail('a colon is missing')
  return skipBlanks(window, at + 1)
}

function readKey({ buffer, fail }: JsonWindow, start: number, end: number): string {
  const text = buffer.toString('utf8', start + 1, end - 1)
  if (!text.includes('\\')) return text
  try {
    return String(JSON.parse(`"${text}"`))
  } catch (error) {
    throw fail('a key is not JSON', error)
  }
}

/** Moves behind the value that begins at the window's position. */
export function* skipValue(window: JsonWindow): Generator<void> {
  window.position = yield* complete(window, () => valueEnd(window))
}

/** Parses the value that begins at the window's position, and moves behind it. */
export function* readValue(window: JsonWindow): Generator<void, unknown> {
  const end = yield* complete(window, () => valueEnd(window))
  const text = window.buffer.toString('utf8', window.position, end)
  window.position = end
  try {
    return JSON.parse(text)
  } catch (error) {
    throw window.fail('it is not JSON', error)
  }
}

function skipBlanks({ buffer }: JsonWindow, at: number): number | undefined {
  for (let position = at; position < buffer.length; position += 1) {
    if (!isBlank(buffer[position])) return position
  }
  return undefined
}

/** True for the blanks that JSON has. */
export function isBlank(byte: number | undefined): boolean {
  return byte === 32 || byte === 10 || byte === 13 || byte === 9
}

/** Position after the closing quote of the string that begins at `at`. */
function stringEnd(buffer: Buffer, at: number): number | undefined {
  let end = at
  for (;;) {
    end = buffer.indexOf(quote, end + 1)
    if (end < 0) return undefined
    let escapes = 0
    while (buffer[end - 1 - escapes] === backslash) escapes += 1
    if (escapes % 2 === 0) return end + 1
  }
}

function valueEnd({ buffer, position: start, isLast }: JsonWindow): number | undefined {
  let position = start
  let depth = 0
  do {
    const byte = buffer[position]
    if (byte === undefined) return undefined
    if (byte === quote) {
      const end = stringEnd(buffer, position)
      if (end === undefined) return undefined
      position = end
    } else {
      if (byte === openBrace || byte === openBracket) depth += 1
      else if (byte === closeBrace || byte === closeBracket) depth -= 1
      position += 1
    }
  } while (depth > 0 || !endsValue(buffer[position]))
  // A number may go on in what is not shown yet.
  return position < buffer.length || isLast ? position : undefined
}

/** Undefined counts: the caller then finds that the object does not go on. */
function endsValue(byte: number | undefined): boolean {
  return byte === comma || byte === closeBrace || byte === undefined
}
