/** Decides how an expression is nested: minijinja's precedence, lowest first (spec: render.md 3.4). */
import { limitError } from './errors.js'
import { parsePrimary } from './parse-primary.js'
import { parseSuffixes } from './parse-suffixes.js'
import type { ArithmeticOperator, ComparisonOperator, Expression } from './syntax-tree.js'
import { atSymbol, atWord, next, peek, skipSymbol, skipWord, type TokenReader } from './token-reader.js'

const maxDepth = 150

/** A whole expression: `a if c else b`, `else` being optional. */
export function parseExpression(reader: TokenReader): Expression {
  return nested(reader, () => {
    let result = parseOr(reader)
    while (skipWord(reader, 'if')) {
      const condition = parseOr(reader)
      const otherwise = skipWord(reader, 'else') ? parseExpression(reader) : undefined
      const end = (otherwise ?? condition).end
      result = {
        kind: 'conditional',
        condition,
        whenTrue: result,
        whenFalse: otherwise,
        start: result.start,
        end,
      }
    }
    return result
  })
}

/** Refuses expressions nested so deeply that evaluating them would exhaust the stack. */
function nested(reader: TokenReader, parse: () => Expression): Expression {
  reader.depth += 1
  if (reader.depth > maxDepth) throw limitError('syntax error: the expression is nested too deeply')
  const result = parse()
  reader.depth -= 1
  return result
}

function parseOr(reader: TokenReader): Expression {
  return parseLogic(reader, 'or', () => parseLogic(reader, 'and', () => parseNot(reader)))
}

function parseLogic(reader: TokenReader, operator: 'or' | 'and', operand: () => Expression): Expression {
  let left = operand()
  while (skipWord(reader, operator)) {
    const right = operand()
    left = { kind: 'logic', operator, left, right, start: left.start, end: right.end }
  }
  return left
}

function parseNot(reader: TokenReader): Expression {
  const token = peek(reader)
  if (token === undefined || !skipWord(reader, 'not')) return parseComparison(reader)
  return nested(reader, () => {
    const operand = parseNot(reader)
    return { kind: 'unary', operator: 'not', operand, start: token.start, end: operand.end }
  })
}

function parseComparison(reader: TokenReader): Expression {
  const first = parseArithmetic(reader, 0)
  const rest: { operator: ComparisonOperator; operand: Expression }[] = []
  for (let operator = takeComparison(reader); operator; operator = takeComparison(reader)) {
    rest.push({ operator, operand: parseArithmetic(reader, 0) })
  }
  const last = rest.at(-1)
  return last ? { kind: 'comparison', first, rest, start: first.start, end: last.operand.end } : first
}

const comparisons: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>='])

function takeComparison(reader: TokenReader): ComparisonOperator | undefined {
  const token = peek(reader)
  if (token?.type === 'symbol' && comparisons.has(token.text)) {
    next(reader)
    return token.text as ComparisonOperator
  }
  if (skipWord(reader, 'in')) return 'in'
  if (!atWord(reader, 'not') || !atWord(reader, 'in', 1)) return undefined
  reader.position += 2
  return 'not in'
}

/** Binding strength of the left-associative operators, weakest first. */
const levels: readonly (readonly ArithmeticOperator[])[] = [['+', '-'], ['~'], ['*', '/', '//', '%'], ['**']]

function parseArithmetic(reader: TokenReader, level: number): Expression {
  const operators = levels[level]
  if (operators === undefined) return parseUnary(reader)
  let left = parseArithmetic(reader, level + 1)
  for (;;) {
    const operator = operators.find((candidate) => atSymbol(reader, candidate))
    if (operator === undefined) return left
    next(reader)
    const right = parseArithmetic(reader, level + 1)
    left = { kind: 'arithmetic', operator, left, right, start: left.start, end: right.end }
  }
}

/** Minus binds tighter than filters: `-3 | abs` is 3. */
function parseUnary(reader: TokenReader): Expression {
  return parseSuffixes(reader, parseNegation(reader), parseExpression)
}

function parseNegation(reader: TokenReader): Expression {
  const token = peek(reader)
  if (token === undefined || !skipSymbol(reader, '-')) return parsePrimary(reader, parseExpression)
  return nested(reader, () => {
    const operand = parseNegation(reader)
    return { kind: 'unary', operator: '-', operand, start: token.start, end: operand.end }
  })
}
