/** Decides what a quoted string inside an expression means. */
import { syntaxError } from './errors.js'

interface StringToken {
  readonly type: 'string'
  readonly text: string
  readonly start: number
  readonly end: number
}

const simpleEscapes: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['t', '\t'],
  ['r', '\r'],
  ['b', '\b'],
  ['f', '\f'],
  ['\\', '\\'],
  ['"', '"'],
  ["'", "'"],
  ['/', '/'],
])

/**
 * The string that starts with the quote at `start`. @throws TemplateError when it does not end or has a bad
 * escape
 */
export function readString(text: string, start: number): StringToken {
  const quote = text.charAt(start)
  let value = ''
  let at = start + 1
  while (at < text.length && text.charAt(at) !== quote) {
    const isEscape = text.charAt(at) === '\\'
    const piece = isEscape ? readEscape(text, at) : { text: text.charAt(at), end: at + 1 }
    value += piece.text
    at = piece.end
  }
  if (at >= text.length) throw syntaxError('unexpected end of string', start, text.length)
  return { type: 'string', text: value, start, end: at + 1 }
}

function readEscape(text: string, at: number): { text: string; end: number } {
  const letter = text.charAt(at + 1)
  const simple = simpleEscapes.get(letter)
  if (simple !== undefined) return { text: simple, end: at + 2 }
  const digits = /^(?:u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2})/.exec(text.slice(at + 1, at + 6))?.[0]
  if (digits === undefined) throw syntaxError(`bad string escape \`\\${letter}\``, at, at + 2)
  return { text: String.fromCharCode(Number.parseInt(digits.slice(1), 16)), end: at + 1 + digits.length }
}
