/** Decides which parts of a text are templates and which are plain text. */
import { syntaxError } from './errors.js'
import { readTokens, type Token } from './tokens.js'

/**
 * Which delimiters are active. `recipe`: `${{ }}`, `$<< >>`, `{% %}`, `{# #}`. `names`: the same with a bare
 * `{{ }}`
 * as well, which rattler-build counts when it collects variables (spec: render.md 2). `script`: expressions
 * only.
 */
export type Dialect = 'recipe' | 'names' | 'script'

export type Segment =
  | { readonly kind: 'text'; readonly text: string; readonly start: number; readonly end: number }
  | {
      readonly kind: 'output' | 'statement'
      readonly tokens: readonly Token[]
      readonly start: number
      readonly end: number
    }

interface Delimiter {
  readonly kind: 'output' | 'statement' | 'comment'
  readonly open: string
  readonly close: string
}

const statement: Delimiter = { kind: 'statement', open: '{%', close: '%}' }
const comment: Delimiter = { kind: 'comment', open: '{#', close: '#}' }
const dollarBraces: Delimiter = { kind: 'output', open: '${{', close: '}}' }
const bareBraces: Delimiter = { kind: 'output', open: '{{', close: '}}' }
const dollarAngles: Delimiter = { kind: 'output', open: '$<<', close: '>>' }

const delimiters: Record<Dialect, readonly Delimiter[]> = {
  recipe: [dollarBraces, dollarAngles, statement, comment],
  names: [bareBraces, dollarAngles, statement, comment],
  script: [dollarBraces, dollarAngles],
}

/** True when a text is evaluated at all: it holds `${{` and `}}`, or `$<<` and `>>`. */
export function isTemplate(text: string): boolean {
  return hasPair(text, dollarBraces) || hasPair(text, dollarAngles)
}

function hasPair(text: string, delimiter: Delimiter): boolean {
  return text.includes(delimiter.open) && text.includes(delimiter.close)
}

/**
 * The text cut into plain parts, expressions and statements, whitespace control applied, comments left out.
 */
export function readSegments(text: string, dialect: Dialect): Segment[] {
  const segments: Segment[] = []
  let at = 0
  let trimStart = false
  for (;;) {
    const opening = findOpening(text, at, delimiters[dialect])
    pushText(segments, text, {
      start: at,
      end: opening?.at ?? text.length,
      trimStart,
      trimEnd: opening?.trim,
    })
    if (opening === undefined) return segments
    const part = readPart(text, opening)
    if (part.segment) segments.push(part.segment)
    at = part.end
    trimStart = part.trimAfter
  }
}

interface Opening {
  readonly at: number
  readonly delimiter: Delimiter
  readonly trim: boolean
  /** Offset behind the delimiter and its whitespace control. */
  readonly inside: number
}

function findOpening(text: string, from: number, active: readonly Delimiter[]): Opening | undefined {
  let found: { at: number; delimiter: Delimiter } | undefined
  for (const delimiter of active) {
    const at = text.indexOf(delimiter.open, from)
    if (at === -1 || (found !== undefined && at >= found.at)) continue
    // Shells write `$<<` too; without its other half it is text.
    if (delimiter === dollarAngles && !text.includes('>>', at)) continue
    found = { at, delimiter }
  }
  if (found === undefined) return undefined
  const inside = found.at + found.delimiter.open.length
  const control = text.charAt(inside)
  const hasControl = control === '-' || control === '+'
  return { ...found, trim: control === '-', inside: hasControl ? inside + 1 : inside }
}

interface TextRange {
  readonly start: number
  readonly end: number
  readonly trimStart: boolean
  readonly trimEnd: boolean | undefined
}

function pushText(segments: Segment[], text: string, range: TextRange): void {
  let piece = text.slice(range.start, range.end)
  if (range.trimStart) piece = piece.trimStart()
  if (range.trimEnd) piece = piece.trimEnd()
  if (piece !== '') segments.push({ kind: 'text', text: piece, start: range.start, end: range.end })
}

interface Part {
  readonly segment: Segment | undefined
  readonly end: number
  readonly trimAfter: boolean
}

function readPart(text: string, opening: Opening): Part {
  const { delimiter, at, inside } = opening
  if (delimiter.kind === 'comment') return skipComment(text, inside)
  const raw = delimiter.kind === 'statement' ? readRaw(text, opening) : undefined
  if (raw) return raw
  const run = readTokens(text, inside, delimiter.close)
  if (!run.closed) {
    throw syntaxError(`unexpected end of input, expected \`${delimiter.close}\``, at, text.length)
  }
  const segment: Segment = { kind: delimiter.kind, tokens: run.tokens, start: at, end: run.end }
  return { segment, end: run.end, trimAfter: run.trimAfter }
}

function skipComment(text: string, from: number): Part {
  const close = text.indexOf('#}', from)
  if (close === -1) throw syntaxError('unexpected end of comment', from - 2, text.length)
  return { segment: undefined, end: close + 2, trimAfter: text.charAt(close - 1) === '-' }
}

const rawOpening = /\s*raw\s*(-?)%\}/y
const rawClosing = /\{%(-?)\s*endraw\s*(-?)%\}/g

function readRaw(text: string, opening: Opening): Part | undefined {
  rawOpening.lastIndex = opening.inside
  const head = rawOpening.exec(text)
  if (head === null) return undefined
  const start = rawOpening.lastIndex
  rawClosing.lastIndex = start
  const tail = rawClosing.exec(text)
  if (tail === null) throw syntaxError('unexpected end of raw block', opening.at, text.length)
  let inner = text.slice(start, tail.index)
  if (head[1] === '-') inner = inner.trimStart()
  if (tail[1] === '-') inner = inner.trimEnd()
  const segment: Segment = { kind: 'text', text: inner, start, end: tail.index }
  return { segment, end: rawClosing.lastIndex, trimAfter: tail[2] === '-' }
}
