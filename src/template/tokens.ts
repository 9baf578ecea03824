/** Cuts the inside of a delimiter pair into tokens. */
import { syntaxError } from './errors.js'
import { readString } from './string-literal.js'

export type Token =
  | { readonly type: 'name'; readonly text: string; readonly start: number; readonly end: number }
  | { readonly type: 'string'; readonly text: string; readonly start: number; readonly end: number }
  | { readonly type: 'integer'; readonly value: bigint; readonly start: number; readonly end: number }
  | { readonly type: 'float'; readonly value: number; readonly start: number; readonly end: number }
  | { readonly type: 'symbol'; readonly text: string; readonly start: number; readonly end: number }

export interface TokenRun {
  readonly tokens: readonly Token[]
  /** Offset behind the closing delimiter, or the end of the text. */
  readonly end: number
  /** The closing delimiter had a `-` in front. */
  readonly trimAfter: boolean
  /** False when the text ended before the closing delimiter. */
  readonly closed: boolean
}

const namePattern = /[\p{L}_][\p{L}\p{N}_]*/uy
const numberPattern =
  /0[xX][0-9a-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+|\d[\d_]*(?:\.\d[\d_]*)?(?:[eE][+-]?\d[\d_]*)?/y
const symbolPattern = /\*\*|\/\/|==|!=|<=|>=|[-+*/%~<>=|.,:()[\]{}]/y
const largestInteger = (1n << 127n) - 1n

/**
 * Tokens from `from` up to the delimiter `closing`, which only counts outside of brackets.
 * An empty `closing` reads to the end of the text.
 * @throws TemplateError on characters and literals that no expression can hold
 */
export function readTokens(text: string, from: number, closing: string): TokenRun {
  const tokens: Token[] = []
  let depth = 0
  let at = from
  for (;;) {
    at = skipBlanks(text, at)
    if (depth === 0 && closing !== '') {
      const trimAfter = text.startsWith(`-${closing}`, at)
      const length = trimAfter || text.startsWith(`+${closing}`, at) ? closing.length + 1 : closing.length
      const found = length > closing.length || text.startsWith(closing, at)
      if (found) return { tokens, end: at + length, trimAfter, closed: true }
    }
    if (at >= text.length) return { tokens, end: text.length, trimAfter: false, closed: closing === '' }
    const token = readToken(text, at)
    if (token.type === 'symbol') depth += bracketStep(token.text)
    if (depth < 0) throw syntaxError(`unexpected \`${text[at]}\``, at, at + 1)
    tokens.push(token)
    at = token.end
  }
}

function skipBlanks(text: string, from: number): number {
  let at = from
  while (at < text.length && /\s/.test(text.charAt(at))) at += 1
  return at
}

function bracketStep(symbol: string): number {
  if (symbol === '(' || symbol === '[' || symbol === '{') return 1
  return symbol === ')' || symbol === ']' || symbol === '}' ? -1 : 0
}

function readToken(text: string, start: number): Token {
  const first = text.charAt(start)
  if (first === '"' || first === "'") return readString(text, start)
  if (first >= '0' && first <= '9') return readNumber(matchAt(numberPattern, text, start), start)
  const name = matchAt(namePattern, text, start)
  if (name !== '') return { type: 'name', text: name, start, end: start + name.length }
  const symbol = matchAt(symbolPattern, text, start)
  if (symbol === '') throw syntaxError(`unexpected character \`${first}\``, start, start + 1)
  return { type: 'symbol', text: symbol, start, end: start + symbol.length }
}

function matchAt(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at
  return pattern.exec(text)?.[0] ?? ''
}

function readNumber(spelling: string, start: number): Token {
  const end = start + spelling.length
  const digits = spelling.replaceAll('_', '')
  if (/^0[xXbBoO]$/.test(digits)) throw syntaxError(`invalid number \`${spelling}\``, start, end)
  if (!/^0[xX]/.test(digits) && /[.eE]/.test(digits)) {
    return { type: 'float', value: Number(digits), start, end }
  }
  const value = BigInt(digits)
  if (value > largestInteger) throw syntaxError(`\`${spelling}\` is too large for an integer`, start, end)
  return { type: 'integer', value, start, end }
}
