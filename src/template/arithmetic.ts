/** Decides what `+ - * / // % ** ~` and unary minus do; integers have 128 bits. */
import { limitError, operationError } from './errors.js'
import { formatValue } from './format-value.js'
import type { ArithmeticOperator } from './syntax-tree.js'
import { isSequence, isUndefined, kindOf, type Value } from './value.js'

const smallest = -(1n << 127n)
const largest = (1n << 127n) - 1n
const maxRepeatedLength = 1_000_000

/**
 * The result of a binary operator. @throws TemplateError when the kinds do not fit or the result is too
 * large
 */
export function applyArithmetic(operator: ArithmeticOperator, left: Value, right: Value): Value {
  if (operator === '~') return textOf(left) + textOf(right)
  const other =
    operator === '+' ? concatenate(left, right) : operator === '*' ? repeat(left, right) : undefined
  if (other !== undefined) return other
  const first = asNumber(left)
  const second = asNumber(right)
  if (first === undefined || second === undefined) throw impossible(operator, left, right)
  if (operator === '/') return Number(first) / Number(second)
  if (typeof first === 'bigint' && typeof second === 'bigint') return integerResult(operator, first, second)
  return floatResult(operator, Number(first), Number(second))
}

/** `-value`. @throws TemplateError unless it is a number */
export function negate(value: Value): Value {
  if (typeof value === 'bigint' || typeof value === 'number') return -value
  throw operationError(`invalid operation: cannot negate a ${kindOf(value)}`)
}

function textOf(value: Value): string {
  return isUndefined(value) ? '' : formatValue(value)
}

function concatenate(left: Value, right: Value): Value | undefined {
  if (typeof left === 'string' && typeof right === 'string') return left + right
  return isSequence(left) && isSequence(right) ? [...left, ...right] : undefined
}

function repeat(left: Value, right: Value): Value | undefined {
  const repeated = isRepeatable(left) ? left : right
  const count = repeated === left ? right : left
  if (!isRepeatable(repeated) || typeof count !== 'bigint') return undefined
  if (count < 0n) throw operationError('strings can only be multiplied with non-negative integers')
  if (BigInt(repeated.length) * count > maxRepeatedLength) throw limitError('the repeated value is too long')
  const times = Number(count)
  if (typeof repeated === 'string') return repeated.repeat(times)
  return Array.from({ length: times }, () => repeated).flat(1)
}

function isRepeatable(value: Value): value is string | readonly Value[] {
  return typeof value === 'string' || isSequence(value)
}

function asNumber(value: Value): bigint | number | undefined {
  if (typeof value === 'boolean') return value ? 1n : 0n
  return typeof value === 'bigint' || typeof value === 'number' ? value : undefined
}

function integerResult(operator: ArithmeticOperator, left: bigint, right: bigint): bigint {
  const result = computeInteger(operator, left, right)
  if (result < smallest || result > largest) throw impossible(operator, left, right)
  return result
}

function computeInteger(operator: ArithmeticOperator, left: bigint, right: bigint): bigint {
  switch (operator) {
    case '+':
      return left + right
    case '-':
      return left - right
    case '*':
      return left * right
    case '//':
      if (right === 0n) throw impossible(operator, left, right)
      return (left - euclideanRemainder(left, right)) / right
    case '%':
      if (right === 0n) throw impossible(operator, left, right)
      return euclideanRemainder(left, right)
    default:
      return power(left, right)
  }
}

function euclideanRemainder(left: bigint, right: bigint): bigint {
  const remainder = left % right
  if (remainder >= 0n) return remainder
  return right < 0n ? remainder - right : remainder + right
}

function power(base: bigint, exponent: bigint): bigint {
  if (exponent < 0n) throw impossible('**', base, exponent)
  const isSmallBase = base >= -1n && base <= 1n
  if (isSmallBase) return exponent === 0n ? 1n : base ** (exponent % 2n === 0n ? 2n : 1n)
  if (exponent > 127n) throw impossible('**', base, exponent)
  return base ** exponent
}

function floatResult(operator: ArithmeticOperator, left: number, right: number): number {
  switch (operator) {
    case '+':
      return left + right
    case '-':
      return left - right
    case '*':
      return left * right
    case '//':
      return floorDivision(left, right)
    case '%':
      return left % right
    default:
      return left ** right
  }
}

/** Rounds so that the remainder is never negative, as for integers. */
function floorDivision(left: number, right: number): number {
  const quotient = Math.trunc(left / right)
  if (left % right >= 0 || !Number.isFinite(quotient)) return quotient
  return right > 0 ? quotient - 1 : quotient + 1
}

function impossible(operator: string, left: Value, right: Value) {
  const kinds = `${kindOf(left)} and ${kindOf(right)}`
  return operationError(
    `invalid operation: unable to calculate ${formatValue(left)} ${operator} ${formatValue(right)} (${kinds})`,
  )
}
