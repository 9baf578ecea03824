/** Decides what stands at the bottom of an expression: literals, names, lists, maps, parentheses. */
import type { Expression } from './syntax-tree.js'
import {
  atSymbol,
  expectSymbol,
  next,
  peek,
  skipSymbol,
  type TokenReader,
  unexpected,
} from './token-reader.js'
import type { Token } from './tokens.js'
import type { Value } from './value.js'

export type ParseExpression = (reader: TokenReader) => Expression

const wordConstants: ReadonlyMap<string, Value> = new Map<string, Value>([
  ['true', true],
  ['True', true],
  ['false', false],
  ['False', false],
  ['none', null],
  ['None', null],
])

/** A literal, a name, or something in brackets. `expression` parses what is inside of brackets. */
export function parsePrimary(reader: TokenReader, expression: ParseExpression): Expression {
  const token = peek(reader)
  if (token === undefined) throw unexpected(reader, 'an expression')
  const { start, end } = token
  switch (token.type) {
    case 'integer':
    case 'float':
      next(reader)
      return { kind: 'constant', value: token.value, start, end }
    case 'string':
      return parseStrings(reader)
    case 'name': {
      next(reader)
      const constant = wordConstants.get(token.text)
      if (constant !== undefined) return { kind: 'constant', value: constant, start, end }
      return { kind: 'name', name: token.text, start, end }
    }
    case 'symbol':
      return parseBracketed(reader, token, expression)
  }
}

function parseStrings(reader: TokenReader): Expression {
  const first = next(reader)
  let text = first.type === 'string' ? first.text : ''
  let end = first.end
  for (let token = peek(reader); token?.type === 'string'; token = peek(reader)) {
    text += token.text
    end = token.end
    next(reader)
  }
  return { kind: 'constant', value: text, start: first.start, end }
}

function parseBracketed(reader: TokenReader, token: Token, expression: ParseExpression): Expression {
  if (skipSymbol(reader, '[')) {
    const items = parseItems(reader, ']', expression)
    return { kind: 'list', items, start: token.start, end: expectSymbol(reader, ']').end }
  }
  if (skipSymbol(reader, '(')) return parseParentheses(reader, token.start, expression)
  if (skipSymbol(reader, '{')) return parseMap(reader, token.start, expression)
  throw unexpected(reader, 'an expression')
}

function parseItems(reader: TokenReader, closing: string, expression: ParseExpression): Expression[] {
  const items: Expression[] = []
  while (!atSymbol(reader, closing)) {
    items.push(expression(reader))
    if (!skipSymbol(reader, ',')) break
  }
  return items
}

function parseParentheses(reader: TokenReader, start: number, expression: ParseExpression): Expression {
  if (skipSymbol(reader, ')')) return { kind: 'list', items: [], start, end: start + 2 }
  const first = expression(reader)
  if (!skipSymbol(reader, ',')) {
    expectSymbol(reader, ')')
    return first
  }
  const items = [first, ...parseItems(reader, ')', expression)]
  return { kind: 'list', items, start, end: expectSymbol(reader, ')').end }
}

function parseMap(reader: TokenReader, start: number, expression: ParseExpression): Expression {
  const entries: [Expression, Expression][] = []
  while (!atSymbol(reader, '}')) {
    const key = expression(reader)
    expectSymbol(reader, ':')
    entries.push([key, expression(reader)])
    if (!skipSymbol(reader, ',')) break
  }
  return { kind: 'map', entries, start, end: expectSymbol(reader, '}').end }
}
