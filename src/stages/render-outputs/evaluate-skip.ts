/** Decides whether an output is skipped; an expression that fails counts as false (spec: render.md 3.5). */
import type { LoadedText, LoadedValue } from '../../recipe/index.js'
import {
  type Expression,
  evaluate,
  isTruthy,
  isUndefined,
  parseBareExpression,
  renderTemplate,
  TemplateError,
} from '../../template/index.js'
import { type Renderer, visitItems } from './renderer.js'
import { recordReads } from './session.js'

/**
 * True when one of the expressions is true. All of them are evaluated, so that what they read counts as
 * used; but an
 * expression itself stops where it is decided.
 */
export function evaluateSkip(renderer: Renderer, loaded: LoadedValue | undefined): boolean {
  if (loaded?.kind !== 'list') return false
  let skip = false
  visitItems(renderer, loaded.items, (inner, item) => {
    if (item.kind !== 'text') return
    const { value, reads } = recordReads(inner.session, () => holds(inner, item))
    inner.skips.push({ text: item.text, span: item.span, holds: value, branches: inner.branches, reads })
    if (value) skip = true
  })
  return skip
}

function holds(renderer: Renderer, item: LoadedText): boolean {
  const { scope } = renderer.session
  try {
    const text = item.template === undefined ? item.text : renderTemplate(item.template, scope)
    if (text.trim() === '') return false
    const value = evaluate(parsedExpression(text), scope)
    return !isUndefined(value) && isTruthy(value)
  } catch (error) {
    if (error instanceof TemplateError) return false
    throw error
  }
}

/** Skip expressions repeat from variant to variant; parsing them is most of their cost. */
const parsed = new Map<string, Expression>()
const maxParsed = 500

function parsedExpression(text: string): Expression {
  const known = parsed.get(text)
  if (known) return known
  const expression = parseBareExpression(text)
  if (parsed.size >= maxParsed) parsed.clear()
  parsed.set(text, expression)
  return expression
}
