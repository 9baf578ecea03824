/** Reads a run of tokens from left to right; the one mutable thing a parser holds. */
import { syntaxError } from './errors.js'
import type { Token } from './tokens.js'

export interface TokenReader {
  readonly tokens: readonly Token[]
  /** Offset behind the last token, for errors at the end. */
  readonly end: number
  position: number
  /** Nesting of the expression being parsed. */
  depth: number
}

/** More than any real expression has by far; a chain of that length would exhaust the stack of the evaluator. */
const mostTokens = 2000

/** @throws TemplateError when the expression is longer than any recipe needs */
export function createReader(tokens: readonly Token[], end: number): TokenReader {
  const excess = tokens[mostTokens]
  if (excess) throw syntaxError('the expression is too long', excess.start, end)
  return { tokens, end, position: 0, depth: 0 }
}

/** The token `ahead` places on, without taking it. */
export function peek(reader: TokenReader, ahead = 0): Token | undefined {
  return reader.tokens[reader.position + ahead]
}

/** Takes the next token. @throws TemplateError at the end of the expression */
export function next(reader: TokenReader): Token {
  const token = peek(reader)
  if (token === undefined) throw syntaxError('unexpected end of expression', reader.end, reader.end)
  reader.position += 1
  return token
}

/** True when the next token is this symbol. */
export function atSymbol(reader: TokenReader, text: string, ahead = 0): boolean {
  const token = peek(reader, ahead)
  return token?.type === 'symbol' && token.text === text
}

/** True when the next token is this word. */
export function atWord(reader: TokenReader, text: string, ahead = 0): boolean {
  const token = peek(reader, ahead)
  return token?.type === 'name' && token.text === text
}

/** Takes the symbol when it is next. */
export function skipSymbol(reader: TokenReader, text: string): boolean {
  if (!atSymbol(reader, text)) return false
  reader.position += 1
  return true
}

/** Takes the word when it is next. */
export function skipWord(reader: TokenReader, text: string): boolean {
  if (!atWord(reader, text)) return false
  reader.position += 1
  return true
}

/** Takes this symbol. @throws TemplateError when something else is next */
export function expectSymbol(reader: TokenReader, text: string): Token {
  if (!atSymbol(reader, text)) throw unexpected(reader, `\`${text}\``)
  return next(reader)
}

/** Takes this word. @throws TemplateError when something else is next */
export function expectWord(reader: TokenReader, text: string): Token {
  if (!atWord(reader, text)) throw unexpected(reader, `\`${text}\``)
  return next(reader)
}

/** Takes a name. @throws TemplateError when something else is next */
export function expectName(reader: TokenReader): string {
  const token = peek(reader)
  if (token?.type !== 'name') throw unexpected(reader, 'identifier')
  reader.position += 1
  return token.text
}

/** @throws TemplateError unless all tokens were taken */
export function expectEnd(reader: TokenReader, what: string): void {
  if (peek(reader) !== undefined) throw unexpected(reader, what)
}

/** The error for a token that cannot stand here. */
export function unexpected(reader: TokenReader, expected: string) {
  const token = peek(reader)
  if (token === undefined) {
    return syntaxError(`unexpected end of expression, expected ${expected}`, reader.end, reader.end)
  }
  return syntaxError(`unexpected ${describe(token)}, expected ${expected}`, token.start, token.end)
}

function describe(token: Token): string {
  if (token.type === 'name' || token.type === 'symbol') return `\`${token.text}\``
  return token.type
}
