/** Decides what may follow a value: attributes, subscripts, calls, filters and tests. */
import { syntaxError } from './errors.js'
import { type ParseExpression, parsePrimary } from './parse-primary.js'
import type { Argument, Expression } from './syntax-tree.js'
import {
  atSymbol,
  atWord,
  expectName,
  expectSymbol,
  next,
  peek,
  skipSymbol,
  skipWord,
  type TokenReader,
} from './token-reader.js'

/** `target` with its `.attribute`, `[item]`, `(call)` suffixes, then its filters and tests. */
export function parseSuffixes(
  reader: TokenReader,
  target: Expression,
  expression: ParseExpression,
): Expression {
  let result = parsePostfix(reader, target, expression)
  for (;;) {
    if (skipSymbol(reader, '|')) result = parseFilter(reader, result, expression)
    else if (skipWord(reader, 'is')) result = parseTest(reader, result, expression)
    else return result
  }
}

/** Only attributes, subscripts and calls. */
export function parsePostfix(
  reader: TokenReader,
  target: Expression,
  expression: ParseExpression,
): Expression {
  const { start } = target
  let result = target
  for (;;) {
    if (skipSymbol(reader, '.')) {
      const position = skipInteger(reader)
      if (position !== undefined) {
        result = { kind: 'item', target: result, index: position, start, end: position.end }
        continue
      }
      const name = expectName(reader)
      result = { kind: 'attribute', target: result, name, start, end: lastEnd(reader) }
    } else if (skipSymbol(reader, '[')) {
      result = parseSubscript(reader, result, expression)
    } else if (skipSymbol(reader, '(')) {
      const args = parseArguments(reader, expression)
      result = { kind: 'call', callee: result, args, start, end: lastEnd(reader) }
    } else {
      return result
    }
  }
}

/** `list.0` is `list[0]`. */
function skipInteger(reader: TokenReader): Extract<Expression, { kind: 'constant' }> | undefined {
  const token = peek(reader)
  if (token?.type !== 'integer') return undefined
  next(reader)
  return { kind: 'constant', value: token.value, start: token.start, end: token.end }
}

/** Arguments up to and including the closing parenthesis. */
export function parseArguments(reader: TokenReader, expression: ParseExpression): Argument[] {
  const args: Argument[] = []
  while (!atSymbol(reader, ')')) {
    args.push(parseArgument(reader, expression, args.at(-1)))
    if (!skipSymbol(reader, ',')) break
  }
  expectSymbol(reader, ')')
  return args
}

function parseArgument(
  reader: TokenReader,
  expression: ParseExpression,
  last: Argument | undefined,
): Argument {
  const token = peek(reader)
  if (token?.type === 'name' && atSymbol(reader, '=', 1)) {
    reader.position += 2
    return { name: token.text, value: expression(reader) }
  }
  const value = expression(reader)
  if (last?.name !== undefined) {
    throw syntaxError('non-keyword arg after keyword arg', value.start, value.end)
  }
  return { name: undefined, value }
}

function parseSubscript(reader: TokenReader, target: Expression, expression: ParseExpression): Expression {
  const { start } = target
  const part = () => (atSymbol(reader, ':') || atSymbol(reader, ']') ? undefined : expression(reader))
  const from = part()
  if (!atSymbol(reader, ':')) {
    const end = expectSymbol(reader, ']').end
    if (from === undefined) throw syntaxError('empty subscript', start, end)
    return { kind: 'item', target, index: from, start, end }
  }
  next(reader)
  const to = part()
  const step = skipSymbol(reader, ':') ? part() : undefined
  return { kind: 'slice', target, from, to, step, start, end: expectSymbol(reader, ']').end }
}

function parseFilter(reader: TokenReader, target: Expression, expression: ParseExpression): Expression {
  const name = expectName(reader)
  const nameStart = lastEnd(reader) - name.length
  const args = skipSymbol(reader, '(') ? parseArguments(reader, expression) : []
  return { kind: 'filter', target, name, nameStart, args, start: target.start, end: lastEnd(reader) }
}

function parseTest(reader: TokenReader, target: Expression, expression: ParseExpression): Expression {
  const negated = skipWord(reader, 'not')
  const name = expectName(reader)
  const nameStart = lastEnd(reader) - name.length
  const args = parseTestArguments(reader, expression)
  return { kind: 'test', target, name, nameStart, args, negated, start: target.start, end: lastEnd(reader) }
}

const wordsBehindTests: ReadonlySet<string> = new Set(['and', 'or', 'else', 'is', 'in', 'not', 'if'])

function parseTestArguments(reader: TokenReader, expression: ParseExpression): Argument[] {
  if (skipSymbol(reader, '(')) return parseArguments(reader, expression)
  const token = peek(reader)
  if (token === undefined) return []
  const startsValue =
    token.type === 'symbol' ? token.text === '[' || token.text === '{' : !isWordBehindTest(reader)
  if (!startsValue) return []
  const value = parsePostfix(reader, parsePrimary(reader, expression), expression)
  return [{ name: undefined, value }]
}

function isWordBehindTest(reader: TokenReader): boolean {
  for (const word of wordsBehindTests) if (atWord(reader, word)) return true
  return false
}

function lastEnd(reader: TokenReader): number {
  return reader.tokens[reader.position - 1]?.end ?? reader.end
}
