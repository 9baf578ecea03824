/** Decides the text of a template: statements run from top to bottom, expressions print. */
import { atPlace, operationError, TemplateError, undefinedError } from './errors.js'
import {
  applyFilter,
  evaluateArguments,
  evaluateCondition,
  evaluateExpression,
} from './evaluate-expression.js'
import { iterate } from './filters.js'
import { formatValue } from './format-value.js'
import { createLoop } from './loop-object.js'
import { createMacro } from './macro-value.js'
import {
  callDeeper,
  childFrame,
  countStep,
  countText,
  createRun,
  type Frame,
  type Run,
  type TemplateScope,
} from './run.js'
import type { AssignmentTarget, Expression, FilterCall, Statement, Template } from './syntax-tree.js'
import { isMap, isSequence, isUndefined, kindOf, orUndefined, type Value } from './value.js'

/** Renders a template to text. @throws TemplateError placed inside the template text */
export function renderTemplate(template: Template, scope: TemplateScope): string {
  return renderBody(template.body, createRun(scope), childFrame(undefined))
}

/** The value of a bare expression. @throws TemplateError placed inside the expression text */
export function evaluate(expression: Expression, scope: TemplateScope): Value {
  return evaluateExpression(expression, createRun(scope), undefined)
}

type Node<K extends Statement['kind']> = Extract<Statement, { kind: K }>

function renderBody(body: readonly Statement[], run: Run, frame: Frame): string {
  let text = ''
  for (const statement of body) {
    countStep(run)
    text += placed(statement, () => renderStatement(statement, run, frame))
  }
  return text
}

function placed<T>(place: { readonly start: number; readonly end: number }, body: () => T): T {
  try {
    return body()
  } catch (error) {
    throw error instanceof TemplateError ? atPlace(error, place.start, place.end) : error
  }
}

function renderStatement(statement: Statement, run: Run, frame: Frame): string {
  switch (statement.kind) {
    case 'text':
      countText(run, statement.text.length)
      return statement.text
    case 'output':
      return renderOutput(statement.expression, run, frame)
    case 'if':
      return renderIf(statement, run, frame)
    case 'for':
      return renderFor(statement, run, frame)
    case 'set':
      assign(statement.target, evaluateExpression(statement.value, run, frame), frame)
      return ''
    case 'capture':
      frame.variables.set(
        statement.name,
        applyFilters(statement.filters, renderBody(statement.body, run, childFrame(frame)), run, frame),
      )
      return ''
    case 'with':
      return renderWith(statement, run, frame)
    case 'macro':
      frame.variables.set(statement.name, macro(statement, run, frame))
      return ''
    case 'call-block':
      return renderCallBlock(statement, run, frame)
    case 'filter-block':
      return formatValue(
        applyFilters(statement.filters, renderBody(statement.body, run, childFrame(frame)), run, frame),
      )
    case 'group':
      return renderBody(statement.body, run, childFrame(frame))
    case 'do':
      evaluateExpression(statement.call, run, frame)
      return ''
  }
}

function renderOutput(expression: Expression, run: Run, frame: Frame): string {
  const value = evaluateExpression(expression, run, frame)
  if (isUndefined(value)) {
    if (value.silent || run.lenient) return ''
    throw atPlace(undefinedError(value.name), expression.start, expression.end)
  }
  const text = formatValue(value)
  countText(run, text.length)
  return text
}

function renderIf(statement: Node<'if'>, run: Run, frame: Frame): string {
  for (const { condition, body } of statement.branches) {
    if (evaluateCondition(condition, run, frame)) return renderBody(body, run, frame)
  }
  return renderBody(statement.otherwise, run, frame)
}

function renderFor(statement: Node<'for'>, run: Run, frame: Frame): string {
  const loopOver = (value: Value, depth: number): string => {
    if (isUndefined(value) && !value.silent && !run.lenient) {
      throw atPlace(undefinedError(value.name), statement.iterable.start, statement.iterable.end)
    }
    const items = filterItems(statement, iterate(value), run, frame)
    if (items.length === 0) return renderBody(statement.otherwise, run, childFrame(frame))
    const recurse = (inner: Value) => callDeeper(run, () => loopOver(inner, depth + 1))
    let text = ''
    const memory = {}
    for (const [index, item] of items.entries()) {
      const inner = childFrame(frame)
      assign(statement.target, item, inner)
      inner.variables.set(
        'loop',
        createLoop({ items, index, depth, memory, ...(statement.recursive && { recurse }) }),
      )
      text += renderBody(statement.body, run, inner)
    }
    return text
  }
  return loopOver(evaluateExpression(statement.iterable, run, frame), 0)
}

function filterItems(
  statement: Node<'for'>,
  items: readonly Value[],
  run: Run,
  frame: Frame,
): readonly Value[] {
  const { filter } = statement
  if (filter === undefined) return items
  return items.filter((item) => {
    const inner = childFrame(frame)
    assign(statement.target, item, inner)
    return evaluateCondition(filter, run, inner)
  })
}

function assign(target: AssignmentTarget, value: Value, frame: Frame): void {
  const [only, ...rest] = target
  if (only !== undefined && rest.length === 0) {
    frame.variables.set(only, value)
    return
  }
  if (!isSequence(value)) throw operationError(`cannot unpack a ${kindOf(value)} into ${target.length} names`)
  if (value.length !== target.length) {
    throw operationError(`cannot unpack: ${target.length} names, ${value.length} values`)
  }
  for (const [index, name] of target.entries()) frame.variables.set(name, orUndefined(value[index], name))
}

function renderWith(statement: Node<'with'>, run: Run, frame: Frame): string {
  const inner = childFrame(frame)
  for (const { target, value } of statement.assignments) {
    assign(target, evaluateExpression(value, run, inner), inner)
  }
  return renderBody(statement.body, run, inner)
}

function macro(statement: Node<'macro' | 'call-block'>, run: Run, frame: Frame): Value {
  const name = statement.kind === 'macro' ? statement.name : 'caller'
  return createMacro({
    name,
    parameters: statement.parameters,
    fallback: (expression, variables) => evaluateExpression(expression, run, { variables, parent: frame }),
    body: (variables) => callDeeper(run, () => renderBody(statement.body, run, { variables, parent: frame })),
  })
}

function renderCallBlock(statement: Node<'call-block'>, run: Run, frame: Frame): string {
  const { call } = statement
  if (call.kind !== 'call') throw operationError('a call block needs a call')
  const callee = evaluateExpression(call.callee, run, frame)
  const { positional, keyword } = evaluateArguments(call.args, run, frame)
  if (
    typeof callee !== 'object' ||
    callee === null ||
    isMap(callee) ||
    isSequence(callee) ||
    callee.kind !== 'function'
  ) {
    throw operationError('a call block needs a macro')
  }
  const caller = macro(statement, run, frame)
  return formatValue(callee.call({ positional, keyword: new Map([...keyword, ['caller', caller]]) }))
}

function applyFilters(filters: readonly FilterCall[], text: string, run: Run, frame: Frame): Value {
  return filters.reduce<Value>(
    (value, filter) => applyFilter(filter.name, value, evaluateArguments(filter.args, run, frame)),
    text,
  )
}
