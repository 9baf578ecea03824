/** Decides the value of an expression; names are looked up only when they are reached. */

import { callValue, readAttribute, readItem } from './access-values.js'
import { applyArithmetic, negate } from './arithmetic.js'
import { compareValues, equalValues } from './compare-values.js'
import { contains } from './contains.js'
import { argumentsError, atPlace, TemplateError, undefinedError, unknownNameError } from './errors.js'
import { filters } from './filters.js'
import { formatValue } from './format-value.js'
import { countStep, type Frame, type Run, readName } from './run.js'
import { sliceValue } from './slice-value.js'
import type { Argument, Expression } from './syntax-tree.js'
import { tests } from './tests.js'
import { type CallArguments, isTruthy, isUndefined, type Value } from './value.js'

/** The value of an expression. @throws TemplateError placed at the innermost expression that failed */
export function evaluateExpression(expression: Expression, run: Run, frame: Frame | undefined): Value {
  countStep(run)
  try {
    return evaluateNode(expression, run, frame)
  } catch (error) {
    throw error instanceof TemplateError ? atPlace(error, expression.start, expression.end) : error
  }
}

/** The truth of an expression. @throws TemplateError when it is undefined */
export function evaluateCondition(expression: Expression, run: Run, frame: Frame | undefined): boolean {
  const value = evaluateExpression(expression, run, frame)
  refuseUndefined(value, expression, run)
  return isTruthy(value)
}

/** The evaluated arguments of a call. */
export function evaluateArguments(
  args: readonly Argument[],
  run: Run,
  frame: Frame | undefined,
): CallArguments {
  const positional: Value[] = []
  const keyword = new Map<string, Value>()
  for (const { name, value } of args) {
    const result = evaluateExpression(value, run, frame)
    if (name === undefined) positional.push(result)
    else if (keyword.has(name)) throw argumentsError(`duplicate keyword argument \`${name}\``)
    else keyword.set(name, result)
  }
  return { positional, keyword }
}

function evaluateNode(expression: Expression, run: Run, frame: Frame | undefined): Value {
  switch (expression.kind) {
    case 'constant':
      return expression.value
    case 'name':
      return readName(run, frame, expression.name)
    case 'list':
      return expression.items.map((item) => evaluateExpression(item, run, frame))
    case 'map':
      return evaluateMap(expression, run, frame)
    case 'unary':
      return evaluateUnary(expression, run, frame)
    case 'logic':
      return evaluateLogic(expression, run, frame)
    case 'arithmetic':
      return evaluateArithmetic(expression, run, frame)
    case 'comparison':
      return evaluateComparison(expression, run, frame)
    case 'conditional':
      return evaluateConditional(expression, run, frame)
    case 'attribute':
      return readAttribute(evaluateDefined(expression.target, run, frame), expression.name, spell(expression))
    case 'item': {
      const target = evaluateDefined(expression.target, run, frame)
      return readItem(target, evaluateDefined(expression.index, run, frame), spell(expression))
    }
    case 'slice':
      return evaluateSlice(expression, run, frame)
    case 'call':
      return evaluateCall(expression, run, frame)
    case 'filter': {
      const target = evaluateExpression(expression.target, run, frame)
      if (!filters.has(expression.name)) throw atName(unknownFilter(expression.name), expression)
      return applyFilter(expression.name, target, evaluateArguments(expression.args, run, frame))
    }
    case 'test':
      return evaluateTest(expression, run, frame)
  }
}

/** Applies a filter by name. @throws TemplateError for unknown filters and undefined values */
export function applyFilter(name: string, target: Value, args: CallArguments): Value {
  const filter = filters.get(name)
  if (filter === undefined) throw unknownFilter(name)
  if (isUndefined(target) && !target.silent && filter.acceptsUndefined !== true) {
    throw undefinedError(target.name)
  }
  return filter.apply(target, args)
}

function unknownFilter(name: string): TemplateError {
  return unknownNameError(`unknown filter: filter ${name} is unknown`, [...filters.keys()])
}

/** Places a mistake at the name of a filter or test. */
function atName(
  error: TemplateError,
  { name, nameStart }: { name: string; nameStart: number },
): TemplateError {
  return atPlace(error, nameStart, nameStart + name.length)
}

type Node<K extends Expression['kind']> = Extract<Expression, { kind: K }>

function evaluateDefined(expression: Expression, run: Run, frame: Frame | undefined): Value {
  const value = evaluateExpression(expression, run, frame)
  if (isUndefined(value)) throw atPlace(undefinedError(value.name), expression.start, expression.end)
  return value
}

function refuseUndefined(value: Value, expression: Expression, run: Run): void {
  if (isUndefined(value) && !value.silent && !run.lenient) {
    throw atPlace(undefinedError(value.name), expression.start, expression.end)
  }
}

function evaluateOperand(expression: Expression, run: Run, frame: Frame | undefined): Value {
  const value = evaluateExpression(expression, run, frame)
  refuseUndefined(value, expression, run)
  return value
}

function evaluateMap(expression: Node<'map'>, run: Run, frame: Frame | undefined): Value {
  const map = new Map<Value, Value>()
  for (const [key, value] of expression.entries) {
    map.set(evaluateExpression(key, run, frame), evaluateExpression(value, run, frame))
  }
  return map
}

function evaluateUnary(expression: Node<'unary'>, run: Run, frame: Frame | undefined): Value {
  if (expression.operator === 'not') return !evaluateCondition(expression.operand, run, frame)
  return negate(evaluateOperand(expression.operand, run, frame))
}

function evaluateLogic(expression: Node<'logic'>, run: Run, frame: Frame | undefined): Value {
  const left = evaluateOperand(expression.left, run, frame)
  const decided = expression.operator === 'or' ? isTruthy(left) : !isTruthy(left)
  return decided ? left : evaluateExpression(expression.right, run, frame)
}

function evaluateArithmetic(expression: Node<'arithmetic'>, run: Run, frame: Frame | undefined): Value {
  const left = evaluateOperand(expression.left, run, frame)
  const right = evaluateOperand(expression.right, run, frame)
  return applyArithmetic(expression.operator, left, right)
}

function evaluateComparison(expression: Node<'comparison'>, run: Run, frame: Frame | undefined): Value {
  let left = evaluateOperand(expression.first, run, frame)
  for (const { operator, operand } of expression.rest) {
    const right = evaluateOperand(operand, run, frame)
    if (!compare(operator, left, right)) return false
    left = right
  }
  return true
}

function compare(operator: string, left: Value, right: Value): boolean {
  switch (operator) {
    case '==':
      return equalValues(left, right)
    case '!=':
      return !equalValues(left, right)
    case '<':
      return compareValues(left, right) < 0
    case '<=':
      return compareValues(left, right) <= 0
    case '>':
      return compareValues(left, right) > 0
    case '>=':
      return compareValues(left, right) >= 0
    default:
      return contains(right, left) === (operator === 'in')
  }
}

function evaluateConditional(expression: Node<'conditional'>, run: Run, frame: Frame | undefined): Value {
  if (evaluateCondition(expression.condition, run, frame))
    return evaluateExpression(expression.whenTrue, run, frame)
  if (expression.whenFalse) return evaluateExpression(expression.whenFalse, run, frame)
  return { kind: 'undefined', silent: true, name: '' }
}

function evaluateSlice(expression: Node<'slice'>, run: Run, frame: Frame | undefined): Value {
  const target = evaluateDefined(expression.target, run, frame)
  const part = (bound: Expression | undefined) => (bound ? evaluateDefined(bound, run, frame) : null)
  return sliceValue(target, {
    from: part(expression.from),
    to: part(expression.to),
    step: part(expression.step),
  })
}

function evaluateCall(expression: Node<'call'>, run: Run, frame: Frame | undefined): Value {
  const { callee } = expression
  if (callee.kind === 'attribute') {
    const target = evaluateDefined(callee.target, run, frame)
    return callValue(target, callee.name, evaluateArguments(expression.args, run, frame))
  }
  const value = evaluateExpression(callee, run, frame)
  const name = spell(callee)
  if (isUndefined(value)) {
    const error = unknownNameError(`unknown function: ${name} is unknown`, run.scope.names?.() ?? [])
    throw atPlace(error, callee.start, callee.end)
  }
  return callValue(value, undefined, evaluateArguments(expression.args, run, frame), name)
}

function evaluateTest(expression: Node<'test'>, run: Run, frame: Frame | undefined): Value {
  const test = tests.get(expression.name)
  if (test === undefined) {
    const error = unknownNameError(`unknown test: test ${expression.name} is unknown`, [...tests.keys()])
    throw atName(error, expression)
  }
  const target = evaluateExpression(expression.target, run, frame)
  const { positional, keyword } = evaluateArguments(expression.args, run, frame)
  if (keyword.size > 0) throw argumentsError('too many arguments: tests take no keyword arguments')
  return test(target, positional) !== expression.negated
}

/** The expression as people would write it, for messages. */
function spell(expression: Expression): string {
  switch (expression.kind) {
    case 'name':
      return expression.name
    case 'attribute':
      return `${spell(expression.target)}.${expression.name}`
    case 'item': {
      const index =
        expression.index.kind === 'constant' ? JSON.stringify(formatValue(expression.index.value)) : '…'
      return `${spell(expression.target)}[${index}]`
    }
    default:
      return 'value'
  }
}
