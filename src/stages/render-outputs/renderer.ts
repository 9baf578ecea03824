/** Renders single texts and conditions, collecting mistakes instead of stopping at the first. */
import { type BuildError, type Diagnostic, toDiagnostic } from '../../errors/index.js'
import {
  type Branch,
  type Dropped,
  FieldError,
  type LoadedCondition,
  type LoadedConditional,
  type LoadedItem,
  type LoadedText,
  locateInScalar,
  type Origin,
  type SkipExpression,
} from '../../recipe/index.js'
import {
  evaluate,
  isTruthy,
  isUndefined,
  renderTemplate,
  TemplateError,
  type TemplateScope,
} from '../../template/index.js'
import { closest, type Span, type YamlScalar } from '../../text/index.js'
import { conditionFailed, invalidRenderedValue, templateFailed } from './errors.js'
import { recordReads, type Session } from './session.js'
import { longEnough, undefinedAt } from './undefined-name.js'

/** A session together with what rendering found out. */
export interface Renderer {
  readonly session: Session
  readonly diagnostics: Diagnostic[]
  readonly dropped: Dropped[]
  /** Expressions of `skip`, in the order in which they were evaluated. */
  readonly skips: SkipExpression[]
  /** Branches that were taken to get to the value being rendered, outermost first. */
  readonly branches: readonly Branch[]
}

export interface RenderedText {
  readonly text: string
  readonly origin: Origin
}

export function createRenderer(session: Session, diagnostics: Diagnostic[]): Renderer {
  return { session, diagnostics, dropped: [], skips: [], branches: [] }
}

export function reportError(renderer: Renderer, error: BuildError): undefined {
  renderer.diagnostics.push(toDiagnostic(error))
  return undefined
}

/** The text of a scalar; undefined (and reported) when its template fails. */
export function renderText(
  renderer: Renderer,
  loaded: LoadedText,
  lateBound: readonly string[] = [],
): RenderedText | undefined {
  const { session, branches } = renderer
  if (loaded.template === undefined) {
    return { text: loaded.text, origin: { span: loaded.span, branches, reads: [] } }
  }
  const { template } = loaded
  try {
    const scope = lateBound.length > 0 ? withLateBound(session.scope, lateBound) : session.scope
    const { value, reads } = recordReads(session, () => renderTemplate(template, scope))
    return { text: value, origin: { span: loaded.span, template: loaded.text, branches, reads } }
  } catch (error) {
    return reportError(renderer, toBuildError(renderer, loaded.scalar, error))
  }
}

/** Runs a conversion; its mistake is reported with the place of the value. */
export function converted<T>(renderer: Renderer, name: string, span: Span, convert: () => T): T | undefined {
  try {
    return convert()
  } catch (error) {
    if (!(error instanceof FieldError)) throw error
    return reportError(renderer, invalidRenderedValue(name, error.message, span, error.hint))
  }
}

/**
 * Items of a list with the right branches in place of `if` items; each item is visited with its own
 * renderer.
 */
export function visitItems(
  renderer: Renderer,
  items: readonly LoadedItem[],
  visit: (renderer: Renderer, item: Exclude<LoadedItem, LoadedConditional>) => void,
): void {
  for (const item of items) {
    if (item.kind === 'conditional') visitBranch(renderer, item, visit)
    else visit(renderer, item)
  }
}

/** The branch of an `if` that is taken; undefined (and reported) when it fails or is undefined. */
function decide(renderer: Renderer, condition: LoadedCondition): Branch | undefined {
  const { session } = renderer
  const { expression, span: place, text: selector } = condition
  if (expression === undefined) return undefined
  try {
    const { value, reads } = recordReads(session, () => evaluate(expression, session.scope))
    if (!isUndefined(value)) return { span: place, selector, took: isTruthy(value) ? 'then' : 'else', reads }
    const name = value.name === '' ? condition.text : value.name
    const message = `undefined variable in condition: undefined value: \`${name}\` is not defined`
    return reportError(
      renderer,
      undefinedAt(session, message, { name, span: condition.span, inCondition: true }),
    )
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error
    const span = locateInScalar(condition.scalar, session.recipe.source, error)
    return reportError(
      renderer,
      error.problem === 'undefined'
        ? undefinedAt(session, `undefined variable in condition: ${error.message}`, {
            name: error.undefinedName ?? '',
            span,
            inCondition: true,
          })
        : conditionFailed(error.message, span, error.hint),
    )
  }
}

/** The coded error for a template that failed, placed in the file. */
export function toBuildError(renderer: Renderer, scalar: YamlScalar, error: unknown): BuildError {
  if (!(error instanceof TemplateError)) throw error
  const span = locateInScalar(scalar, renderer.session.recipe.source, error)
  if (error.problem === 'undefined') {
    const message = `Jinja template error: Template rendering failed: ${error.message}`
    return undefinedAt(renderer.session, message, { name: error.undefinedName ?? '', span })
  }
  const near = nearestName(error)
  const hint = error.hint ?? nearHint(error)
  return templateFailed(error.message, span, { hint, label: near && `did you mean \`${near}\`?` })
}

/** The known name that a mistaken filter, test or function is nearest to. */
function nearestName(error: TemplateError): string | undefined {
  const name = /(\S+) is unknown$/.exec(error.message)?.[1]
  return error.problem === 'unknown-name' && name ? closest(name, longEnough(error.candidates)) : undefined
}

function nearHint(error: TemplateError): string | undefined {
  return error.candidates.length > 0 && error.problem === 'unknown-name' && error.candidates.length < 40
    ? `there are: ${error.candidates.join(', ')}`
    : undefined
}

/** Names that exist only while building keep their template text, unless a real variable has the name. */
function withLateBound(scope: TemplateScope, names: readonly string[]): TemplateScope {
  const lookup = (name: string) =>
    scope.lookup(name) ?? (names.includes(name) ? `\${{ ${name} }}` : undefined)
  return { ...scope, lookup }
}

function visitBranch(
  renderer: Renderer,
  item: LoadedConditional,
  visit: (renderer: Renderer, item: Exclude<LoadedItem, LoadedConditional>) => void,
): void {
  const branch = decide(renderer, item.condition)
  if (branch === undefined) return
  const holds = branch.took === 'then'
  for (const dropped of holds ? item.whenFalse : item.whenTrue) {
    renderer.dropped.push({ span: dropped.span, branch })
  }
  const inner: Renderer = { ...renderer, branches: [...renderer.branches, branch] }
  visitItems(inner, holds ? item.whenTrue : item.whenFalse, visit)
}
