/** Decides what a scalar is: a template that parses, or a text that fits its field. */

import { parseMatchSpec, SpecError } from '../../conda/index.js'
import { toDiagnostic } from '../../errors/index.js'
import {
  convertChoice,
  convertInteger,
  convertText,
  type Field,
  FieldError,
  type LoadedCondition,
  type LoadedText,
  locateInScalar,
} from '../../recipe/index.js'
import {
  collectExpressionNames,
  collectTemplateNames,
  isTemplate,
  parseBareExpression,
  parseScriptContent,
  parseTemplate,
  type Template,
  TemplateError,
} from '../../template/index.js'
import type { Span, YamlNode, YamlScalar } from '../../text/index.js'
import { conditionSyntax, invalidMatchSpec, invalidValue, templateSyntax } from './errors.js'
import { type Loader, report, reportType, warn } from './loader.js'
import { bareBracesHint, findUnclosedTemplate } from './unclosed-template.js'

const noNames: ReadonlySet<string> = new Set()

/**
 * A scalar with its template parsed; reports mistakes of the template. Undefined when the node is no scalar.
 */
export function loadText(loader: Loader, node: YamlNode): LoadedText | undefined {
  if (node.kind !== 'scalar') return reportType(loader, node, 'scalar')
  if (!isTemplate(node.text)) {
    const open = findUnclosedTemplate(node, loader.source)
    if (open) warn(loader, toDiagnostic(open))
    return plainText(node)
  }
  try {
    const template = parseTemplate(node.text)
    return { ...plainText(node), template, names: collectTemplateNames(withBareBraces(template)) }
  } catch (error) {
    return reportTemplateError(loader, node, error)
  }
}

/**
 * Script content is filled later; only its expressions must parse. Names in statements count all the same.
 */
export function loadScriptText(loader: Loader, node: YamlNode): LoadedText | undefined {
  if (node.kind !== 'scalar') return reportType(loader, node, 'scalar')
  if (!isTemplate(node.text)) return plainText(node)
  try {
    const names = collectTemplateNames(parseScriptContent(node.text))
    return { ...plainText(node), names: statementNames(node.text) ?? names }
  } catch (error) {
    return reportTemplateError(loader, node, error)
  }
}

/** A scalar that never is a template. */
export function plainText(node: YamlScalar): LoadedText {
  const { text, plain, span } = node
  return { kind: 'text', text, plain, span, scalar: node, names: noNames }
}

/** A bare expression, as in `if:`. Undefined (and reported) when it does not parse. */
export function loadCondition(loader: Loader, node: YamlNode): LoadedCondition | undefined {
  if (node.kind !== 'scalar') return reportType(loader, node, 'scalar')
  try {
    const expression = parseBareExpression(node.text)
    return {
      text: node.text,
      span: node.span,
      scalar: node,
      expression,
      names: collectExpressionNames(expression),
    }
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error
    const hint = isTemplate(node.text) ? 'write the expression without `${{` and `}}`' : undefined
    report(loader, conditionSyntax(error.message, placeOf(loader, node, error), hint))
    return undefined
  }
}

/** Reports a text that its field cannot have; templates are checked once they are filled. */
export function checkText(loader: Loader, text: LoadedText, field: Field, name: string): void {
  const mustBePlain = field.kind === 'boolean' && field.templates === false
  if (text.template !== undefined && !mustBePlain) return
  try {
    if (field.kind === 'text') convertText(field.format, text.text)
    else if (field.kind === 'integer') convertInteger(field, text.text)
    else if (field.kind === 'choice') convertChoice(field, text.text)
    else if (field.kind === 'boolean') checkBoolean(text, field)
  } catch (error) {
    if (!(error instanceof FieldError)) throw error
    const hint = bareBracesHint(text.text) ?? error.hint
    const open = findUnclosedTemplate(text.scalar, loader.source)
    report(loader, open ?? invalidValue(name, error.message, { span: text.span, hint }))
  }
}

/** Reports a requirement that is no match spec. */
export function checkMatchSpec(loader: Loader, text: LoadedText): void {
  if (text.template !== undefined) return
  try {
    parseMatchSpec(text.text, { mode: 'strict', v3: true })
  } catch (error) {
    if (!(error instanceof SpecError)) throw error
    const open = findUnclosedTemplate(text.scalar, loader.source)
    report(loader, open ?? invalidMatchSpec(error.message, text.span, bareBracesHint(text.text)))
  }
}

function checkBoolean(text: LoadedText, field: Field & { kind: 'boolean' }): void {
  const words = field.words ?? 'plain'
  const pattern =
    words === 'yes-no'
      ? /^(?:true|True|yes|Yes|false|False|no|No)$/
      : /^(?:true|True|TRUE|false|False|FALSE)$/
  if (pattern.test(text.text) && (text.plain || words !== 'plain')) return
  throw new FieldError("expected boolean ('true', 'false') or Jinja template", booleanHint(text))
}

function booleanHint(text: LoadedText): string | undefined {
  if (text.plain) return undefined
  return `write \`${text.text}\` without quotes`
}

/** rattler-build also counts the variables of a bare `{{ name }}` in a template. */
function withBareBraces(template: Template): Template {
  const hasBareBraces = /(?:^|[^$]){{/.test(template.text)
  return hasBareBraces ? parseTemplate(template.text, 'names') : template
}

function statementNames(text: string): Set<string> | undefined {
  if (!/{[%{]/.test(text)) return undefined
  try {
    return collectTemplateNames(parseTemplate(text, 'names'))
  } catch {
    // Shell code may look like a statement; only the expressions count then.
    return undefined
  }
}

function reportTemplateError(loader: Loader, node: YamlScalar, error: unknown): undefined {
  if (!(error instanceof TemplateError)) throw error
  report(loader, templateSyntax(error.message, placeOf(loader, node, error)))
  return undefined
}

function placeOf(loader: Loader, node: YamlScalar, error: TemplateError): Span {
  return locateInScalar(node, loader.source, error)
}
