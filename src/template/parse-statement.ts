/** Decides what each `{% keyword %}` means; an unknown keyword is a syntax error. */
import { operationError, syntaxError } from './errors.js'
import { parseExpression } from './parse-expression.js'
import { parsePrimary } from './parse-primary.js'
import { parseArguments, parsePostfix } from './parse-suffixes.js'
import { type BodyEnd, parseBody, type TemplateParser } from './parse-template.js'
import type { AssignmentTarget, Expression, FilterCall, Parameter, Statement } from './syntax-tree.js'
import {
  atSymbol,
  atWord,
  expectEnd,
  expectName,
  expectSymbol,
  expectWord,
  peek,
  skipSymbol,
  skipWord,
  type TokenReader,
} from './token-reader.js'

interface StatementHead {
  readonly keyword: string
  readonly reader: TokenReader
  readonly start: number
  readonly end: number
}

type ParseStatement = (parser: TemplateParser, head: StatementHead) => Statement

const statements: ReadonlyMap<string, ParseStatement> = new Map([
  ['if', parseIf],
  ['for', parseFor],
  ['set', parseSet],
  ['with', parseWith],
  ['macro', parseMacro],
  ['call', parseCallBlock],
  ['filter', parseFilterBlock],
  ['block', parseGroup],
  ['autoescape', parseGroup],
  ['do', parseDo],
])

const loaders: ReadonlySet<string> = new Set(['include', 'import', 'from', 'extends'])

/** The statement whose keyword was just read, with its body. */
export function parseStatement(parser: TemplateParser, head: StatementHead): Statement {
  const parse = statements.get(head.keyword)
  if (parse) return parse(parser, head)
  if (loaders.has(head.keyword)) {
    throw operationError(`template not found: recipes cannot use \`${head.keyword}\``)
  }
  throw syntaxError(`unknown statement ${head.keyword}`, head.start, head.start + head.keyword.length)
}

function parseIf(parser: TemplateParser, head: StatementHead): Statement {
  const branches: { condition: Expression; body: readonly Statement[] }[] = []
  let otherwise: readonly Statement[] = []
  let stop: BodyEnd = head
  for (;;) {
    const condition = parseExpression(stop.reader)
    expectEnd(stop.reader, 'end of block')
    const part = parseBody(parser, ['elif', 'else', 'endif'])
    branches.push({ condition, body: part.body })
    stop = part.stop
    if (stop.keyword !== 'elif') break
  }
  if (stop.keyword === 'else') {
    expectEnd(stop.reader, 'end of block')
    const part = parseBody(parser, ['endif'])
    otherwise = part.body
    stop = part.stop
  }
  expectEnd(stop.reader, 'end of block')
  return { kind: 'if', branches, otherwise, start: head.start, end: stop.end }
}

function parseFor(parser: TemplateParser, head: StatementHead): Statement {
  const { reader } = head
  const target = parseTarget(reader)
  expectWord(reader, 'in')
  // A filter condition behind the iterable is no inline `if`.
  const condition = findFilterCondition(reader)
  const iterable = condition ? parseExpression(condition.before) : parseExpression(reader)
  if (condition) expectEnd(condition.before, '`if`')
  const filter = condition ? parseExpression(reader) : undefined
  const recursive = skipWord(reader, 'recursive')
  expectEnd(reader, 'end of block')
  const main = parseBody(parser, ['else', 'endfor'])
  const rest = main.stop.keyword === 'else' ? parseBody(parser, ['endfor']) : undefined
  const { start } = head
  const end = (rest ?? main).stop.end
  const otherwise = rest?.body ?? []
  return { kind: 'for', target, iterable, filter, recursive, body: main.body, otherwise, start, end }
}

/** Splits the tokens at an `if` outside of brackets; `reader` then stands behind it. */
function findFilterCondition(reader: TokenReader): { before: TokenReader } | undefined {
  let depth = 0
  for (let ahead = 0; ; ahead++) {
    const token = peek(reader, ahead)
    if (token === undefined) return undefined
    if (token.type === 'symbol' && '([{'.includes(token.text)) depth += 1
    if (token.type === 'symbol' && ')]}'.includes(token.text)) depth -= 1
    if (depth > 0 || token.type !== 'name' || token.text !== 'if') continue
    const tokens = reader.tokens.slice(reader.position, reader.position + ahead)
    reader.position += ahead + 1
    return { before: { tokens, end: token.start, position: 0, depth: reader.depth } }
  }
}

function parseTarget(reader: TokenReader): AssignmentTarget {
  const inParentheses = skipSymbol(reader, '(')
  const names = [expectName(reader)]
  while (skipSymbol(reader, ',')) {
    if (peek(reader)?.type !== 'name' || atWord(reader, 'in')) break
    names.push(expectName(reader))
  }
  if (inParentheses) expectSymbol(reader, ')')
  return names
}

function parseSet(parser: TemplateParser, head: StatementHead): Statement {
  const { reader, start } = head
  const target = parseTarget(reader)
  if (skipSymbol(reader, '=')) {
    const value = parseExpression(reader)
    expectEnd(reader, 'end of block')
    return { kind: 'set', target, value, start, end: head.end }
  }
  const filters = skipSymbol(reader, '|') ? parseFilters(reader) : []
  expectEnd(reader, 'end of block')
  const { body, stop } = parseBody(parser, ['endset'])
  return { kind: 'capture', name: target[0] ?? '', filters, body, start, end: stop.end }
}

function parseFilters(reader: TokenReader): FilterCall[] {
  const filters: FilterCall[] = []
  do {
    const name = expectName(reader)
    filters.push({ name, args: skipSymbol(reader, '(') ? parseArguments(reader, parseExpression) : [] })
  } while (skipSymbol(reader, '|'))
  return filters
}

function parseWith(parser: TemplateParser, head: StatementHead): Statement {
  const { reader } = head
  const assignments: { target: AssignmentTarget; value: Expression }[] = []
  while (peek(reader) !== undefined) {
    const target = parseTarget(reader)
    expectSymbol(reader, '=')
    assignments.push({ target, value: parseExpression(reader) })
    if (!skipSymbol(reader, ',')) break
  }
  expectEnd(reader, 'end of block')
  const { body, stop } = parseBody(parser, ['endwith'])
  return { kind: 'with', assignments, body, start: head.start, end: stop.end }
}

function parseMacro(parser: TemplateParser, head: StatementHead): Statement {
  const name = expectName(head.reader)
  expectSymbol(head.reader, '(')
  const parameters = parseParameters(head.reader)
  expectEnd(head.reader, 'end of block')
  const { body, stop } = parseBody(parser, ['endmacro'])
  return { kind: 'macro', name, parameters, body, start: head.start, end: stop.end }
}

function parseParameters(reader: TokenReader): Parameter[] {
  const parameters: Parameter[] = []
  while (!atSymbol(reader, ')')) {
    const name = expectName(reader)
    parameters.push({ name, fallback: skipSymbol(reader, '=') ? parseExpression(reader) : undefined })
    if (!skipSymbol(reader, ',')) break
  }
  expectSymbol(reader, ')')
  return parameters
}

function parseCallBlock(parser: TemplateParser, head: StatementHead): Statement {
  const { reader } = head
  const parameters = skipSymbol(reader, '(') ? parseParameters(reader) : []
  const call = parseCall(reader)
  const { body, stop } = parseBody(parser, ['endcall'])
  return { kind: 'call-block', call, parameters, body, start: head.start, end: stop.end }
}

function parseCall(reader: TokenReader): Expression {
  const call = parsePostfix(reader, parsePrimary(reader, parseExpression), parseExpression)
  if (call.kind !== 'call') throw syntaxError('expected a call', call.start, call.end)
  expectEnd(reader, 'end of block')
  return call
}

function parseFilterBlock(parser: TemplateParser, head: StatementHead): Statement {
  const filters = parseFilters(head.reader)
  expectEnd(head.reader, 'end of block')
  const { body, stop } = parseBody(parser, ['endfilter'])
  return { kind: 'filter-block', filters, body, start: head.start, end: stop.end }
}

/** `block` and `autoescape` change nothing here: there is no inheritance and no escaping. */
function parseGroup(parser: TemplateParser, head: StatementHead): Statement {
  const argument = parseExpression(head.reader)
  const escapes = head.keyword === 'autoescape' && !(argument.kind === 'constant' && argument.value === false)
  if (escapes) throw operationError('not supported yet: autoescape in recipes')
  expectEnd(head.reader, 'end of block')
  const { body, stop } = parseBody(parser, [`end${head.keyword}`])
  return { kind: 'group', body, start: head.start, end: stop.end }
}

function parseDo(_parser: TemplateParser, head: StatementHead): Statement {
  return { kind: 'do', call: parseCall(head.reader), start: head.start, end: head.end }
}
