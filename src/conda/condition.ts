/** Decides how the condition of `[when="..."]` is read and written (CEP 43; spec: environment.md B.3). */
import type { MatchSpec } from './match-spec.js'
import { quoteEnd } from './match-spec-bracket.js'
import { parseMatchSpec } from './parse-match-spec.js'
import { SpecError } from './spec-error.js'

/** True for a solution that holds a matching package, or by virtual packages. */
export type Condition =
  | { readonly kind: 'spec'; readonly spec: MatchSpec }
  | { readonly kind: 'and' | 'or'; readonly conditions: readonly Condition[] }

const maxNesting = 32

/**
 * Reads `a and (b or c)`; `and` binds tighter.
 * @throws SpecError `could not parse condition ...`
 */
export function parseCondition(text: string): Condition {
  const reader: Reader = { text, position: 0 }
  const condition = readAlternatives(reader, 0)
  if (!takes(reader, /\s*$/y)) throw unparsable(reader, 'remainder not empty')
  return condition
}

interface Reader {
  readonly text: string
  position: number
}

function unparsable({ text }: Reader, reason: string): SpecError {
  return new SpecError(`could not parse condition ${text}: ${reason}`)
}

function takes(reader: Reader, pattern: RegExp): boolean {
  pattern.lastIndex = reader.position
  if (!pattern.test(reader.text)) return false
  reader.position = pattern.lastIndex
  return true
}

function readAlternatives(reader: Reader, depth: number): Condition {
  return readList(reader, { kind: 'or', separator: /\s+or\s+/y, read: () => readAll(reader, depth) })
}

function readAll(reader: Reader, depth: number): Condition {
  return readList(reader, { kind: 'and', separator: /\s+and\s+/y, read: () => readOperand(reader, depth) })
}

interface ListRules {
  readonly kind: 'and' | 'or'
  readonly separator: RegExp
  readonly read: () => Condition
}

function readList(reader: Reader, { kind, separator, read }: ListRules): Condition {
  const first = read()
  const conditions = [first]
  while (takes(reader, separator)) conditions.push(read())
  if (conditions.length === 1) return first
  return { kind, conditions: conditions.flatMap((part) => (part.kind === kind ? part.conditions : [part])) }
}

function readOperand(reader: Reader, depth: number): Condition {
  takes(reader, /\s*/y)
  if (!takes(reader, /\(/y)) return readLeaf(reader)
  if (depth >= maxNesting) throw unparsable(reader, 'nested too deeply')
  const condition = readAlternatives(reader, depth + 1)
  if (!takes(reader, /\s*\)/y)) throw unparsable(reader, 'a parenthesis is not closed')
  return condition
}

function readLeaf(reader: Reader): Condition {
  const end = leafEnd(reader)
  const text = reader.text.slice(reader.position, end).trim()
  if (text === '') throw unparsable(reader, 'a package is missing')
  reader.position = end
  return { kind: 'spec', spec: parseMatchSpec(text, { mode: 'lenient' }) }
}

/** A spec ends before ` and `, ` or ` or a closing parenthesis that it did not open itself; quotes hide all of these. */
function leafEnd({ text, position }: Reader): number {
  const open: string[] = []
  for (let index = position; index < text.length; index += 1) {
    const character = text.charAt(index)
    if (open.includes('[') && (character === '"' || character === "'")) index = quoteEnd(text, index) ?? index
    else if (character === '[' || character === '(') open.push(character)
    else if (character === ']' || (character === ')' && open.length > 0)) open.pop()
    else if (
      open.length === 0 &&
      (character === ')' || /^\s+(and|or)(\s|$)/.test(text.slice(index, index + 16)))
    )
      return index
  }
  return text.length
}
