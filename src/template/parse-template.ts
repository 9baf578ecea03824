/** Decides how the parts of a template text nest: text, expressions, blocks. */
import { limitError, syntaxError } from './errors.js'
import { parseExpression } from './parse-expression.js'
import { parseStatement } from './parse-statement.js'
import { type Dialect, readSegments, type Segment } from './segments.js'
import type { Expression, Statement, Template } from './syntax-tree.js'
import { createReader, expectEnd, expectName, peek, type TokenReader } from './token-reader.js'
import { readTokens } from './tokens.js'

const maxNesting = 100

/**
 * Parses a text with template delimiters. One newline at the end is dropped, as minijinja does.
 * @throws TemplateError with problem `syntax` or `limit`
 */
export function parseTemplate(text: string, dialect: Dialect = 'recipe'): Template {
  const trimmed = dialect === 'script' ? text : text.replace(/\r?\n$/, '')
  const parser: TemplateParser = { text, segments: readSegments(trimmed, dialect), position: 0, depth: 0 }
  return { text, body: parseBody(parser, []).body }
}

/** Parses a bare expression, as in `if:`. @throws TemplateError with problem `syntax` or `limit` */
export function parseBareExpression(text: string): Expression {
  const run = readTokens(text, 0, '')
  const reader = createReader(run.tokens, text.length)
  const expression = parseExpression(reader)
  expectEnd(reader, 'end of expression')
  return expression
}

export interface TemplateParser {
  readonly text: string
  readonly segments: readonly Segment[]
  position: number
  depth: number
}

/** The statement that ended a body, its keyword already taken. */
export interface BodyEnd {
  readonly keyword: string
  readonly reader: TokenReader
  readonly end: number
}

/** Statements up to one whose keyword is in `terminators`; an empty list means up to the end of the text. */
export function parseBody(
  parser: TemplateParser,
  terminators: readonly string[],
): { readonly body: readonly Statement[]; readonly stop: BodyEnd } {
  parser.depth += 1
  if (parser.depth > maxNesting) throw limitError('syntax error: the template is nested too deeply')
  const body: Statement[] = []
  for (;;) {
    const segment = parser.segments[parser.position]
    if (segment === undefined) break
    parser.position += 1
    if (segment.kind === 'text') body.push(segment)
    else if (segment.kind === 'output') body.push(parseOutput(segment))
    else {
      const reader = createReader(segment.tokens, segment.end - 2)
      const start = peek(reader)?.start ?? segment.start
      const keyword = expectName(reader)
      if (terminators.includes(keyword)) {
        parser.depth -= 1
        return { body, stop: { keyword, reader, end: segment.end } }
      }
      body.push(parseStatement(parser, { keyword, reader, start, end: segment.end }))
    }
  }
  return { body, stop: endOfText(parser, terminators) }
}

function parseOutput(segment: Segment & { kind: 'output' | 'statement' }): Statement {
  const reader = createReader(segment.tokens, segment.end - 2)
  const expression = parseExpression(reader)
  expectEnd(reader, 'end of variable block')
  return { kind: 'output', expression, start: segment.start, end: segment.end }
}

function endOfText(parser: TemplateParser, terminators: readonly string[]): BodyEnd {
  parser.depth -= 1
  const end = parser.text.length
  if (terminators.length > 0) {
    const expected = terminators.map((word) => `{% ${word} %}`).join(' or ')
    throw syntaxError(`unexpected end of input, expected ${expected}`, end, end)
  }
  return { keyword: '', reader: createReader([], end), end }
}
