/**
 * Decides the values of `context`: evaluated top to bottom, typed as they are written (spec: render.md 2 and
 * 4).
 */
import { type LoadedContextEntry, type LoadedText, locateInScalar } from '../../recipe/index.js'
import {
  evaluate,
  formatValue,
  isUndefined,
  parseBareExpression,
  renderTemplate,
  type TemplateScope,
  type Value,
} from '../../template/index.js'
import type { Span } from '../../text/index.js'
import { type Renderer, reportError, toBuildError } from './renderer.js'
import { recordReads } from './session.js'
import { undefinedAt } from './undefined-name.js'

/** Fills the session's context; entries that fail are reported and stay undefined. */
export function evaluateContext(renderer: Renderer): void {
  const { session } = renderer
  for (const entry of session.recipe.context) {
    const { value, reads } = recordReads(session, () => evaluateEntry(renderer, entry))
    if (value === undefined) continue
    const template = entry.value.kind === 'text' && entry.value.template ? entry.value.text : undefined
    const { span } = entry.value
    session.context.set(entry.key, { value, span, reads, ...(template !== undefined && { template }) })
  }
}

function evaluateEntry(renderer: Renderer, { value }: LoadedContextEntry): Value | undefined {
  if (value.kind === 'list') {
    return value.items.flatMap((item) => (item.kind === 'text' ? [typedText(item)] : []))
  }
  if (value.template === undefined) return typedText(value)
  try {
    const result = evaluateTemplate(renderer, value)
    if (result === undefined || value.plain) return result
    return formatValue(result)
  } catch (error) {
    return reportError(renderer, toBuildError(renderer, value.scalar, error))
  }
}

/** A plain scalar may be a bool or an integer; floats stay text, so that `3.10` keeps its zero. */
function typedText(text: LoadedText): Value {
  return text.plain ? typed(text.text, text.text) : text.text
}

function typed(text: string, otherwise: string): Value {
  const isWord = /^(?:true|True|TRUE|false|False|FALSE)$/.test(text)
  if (isWord) return text.toLowerCase() === 'true'
  return isInteger(text) ? BigInt(text.replace(/^\+/, '')) : otherwise
}

/** What Rust's i64 accepts. */
function isInteger(text: string): boolean {
  if (!/^[+-]?\d+$/.test(text)) return false
  const value = BigInt(text.replace(/^\+/, ''))
  return value >= -(2n ** 63n) && value < 2n ** 63n
}

function evaluateTemplate(renderer: Renderer, loaded: LoadedText): Value | undefined {
  const { session } = renderer
  const inside = simpleExpression(loaded.text)
  if (inside !== undefined) {
    const value = evaluateInside(loaded, inside, session.scope)
    return isUndefined(value) ? reportUndefined(renderer, loaded, value.name) : value
  }
  const text = loaded.template ? renderTemplate(loaded.template, session.scope) : loaded.text
  const trimmed = text.trim()
  if (/^(?:true|false)$/i.test(trimmed)) return trimmed.toLowerCase() === 'true'
  return typed(trimmed, text)
}

/** The expression of a scalar that is nothing but one `${{ }}`; its value keeps its type. */
function simpleExpression(text: string): string | undefined {
  const trimmed = text.trim()
  for (const [open, close] of [
    ['${{', '}}'],
    ['$<<', '>>'],
  ] as const) {
    const isWhole = trimmed.startsWith(open) && trimmed.endsWith(close)
    if (isWhole && !/\$(?:\{\{|<<)/.test(trimmed.slice(open.length))) {
      return trimmed.slice(open.length, -close.length)
    }
  }
  return undefined
}

/** Mistakes are placed as offsets into the whole scalar. */
function evaluateInside(loaded: LoadedText, inside: string, scope: TemplateScope): Value {
  const offset = loaded.text.indexOf(inside)
  return evaluate(parseBareExpression(' '.repeat(offset) + inside), scope)
}

function reportUndefined(renderer: Renderer, loaded: LoadedText, name: string): undefined {
  const what = name === '' ? '' : `: \`${name}\` is not defined`
  const message = `undefined variable in expression '${loaded.text.trim()}'${what}`
  return reportError(
    renderer,
    undefinedAt(renderer.session, message, { name, span: placeOfName(renderer, loaded, name) }),
  )
}

/** The name inside of the expression; the whole scalar when it does not stand there as it is. */
function placeOfName(renderer: Renderer, loaded: LoadedText, name: string): Span {
  const start = name === '' ? -1 : loaded.text.indexOf(name)
  if (start === -1) return loaded.span
  return locateInScalar(loaded.scalar, renderer.session.recipe.source, { start, end: start + name.length })
}
