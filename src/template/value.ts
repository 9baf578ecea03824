/**
 * Decides what a template value can be; nothing here is a JavaScript object with a prototype a recipe could
 * reach.
 */

/**
 * The absence of a value. `silent` marks the result of an inline `if` without `else`, which prints as
 * nothing.
 */
export interface UndefinedValue {
  readonly kind: 'undefined'
  readonly silent: boolean
  /** How the template spelled it, for messages. */
  readonly name: string
}

/** Arguments of one call, already evaluated. */
export interface CallArguments {
  readonly positional: readonly Value[]
  readonly keyword: ReadonlyMap<string, Value>
}

/** Something that can be called: a function of the registry, a macro, `caller`. */
export interface FunctionValue {
  readonly kind: 'function'
  readonly name: string
  readonly call: (args: CallArguments) => Value
}

/**
 * A value with methods and attributes, such as `env`, `git` or `loop`; never backed by a JavaScript object's
 * own members.
 */
export interface ObjectValue {
  readonly kind: 'object'
  readonly name: string
  readonly attributes: ReadonlyMap<string, Value>
  readonly methods: ReadonlyMap<string, (args: CallArguments) => Value>
}

export type MapValue = ReadonlyMap<Value, Value>

/** Integers are `bigint`, floats are `number`, none is `null`. */
export type Value =
  | null
  | boolean
  | bigint
  | number
  | string
  | readonly Value[]
  | MapValue
  | UndefinedValue
  | FunctionValue
  | ObjectValue

export type ValueKind =
  | 'undefined'
  | 'none'
  | 'bool'
  | 'number'
  | 'string'
  | 'sequence'
  | 'map'
  | 'function'
  | 'object'

/** The word messages use for the kind of a value. */
export function kindOf(value: Value): ValueKind {
  if (value === null) return 'none'
  if (typeof value === 'boolean') return 'bool'
  if (typeof value === 'bigint' || typeof value === 'number') return 'number'
  if (typeof value === 'string') return 'string'
  if (isSequence(value)) return 'sequence'
  return isMap(value) ? 'map' : value.kind
}

/** A strict undefined called `name`. */
export function undefinedValue(name: string): UndefinedValue {
  return { kind: 'undefined', silent: false, name }
}

/** What was looked up, or a strict undefined when nothing is there; none is something. */
export function orUndefined(found: Value | undefined, name: string): Value {
  return found === undefined ? undefinedValue(name) : found
}

export function isUndefined(value: Value): value is UndefinedValue {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'undefined'
}

export function isFunction(value: Value): value is FunctionValue {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'function'
}

export function isObject(value: Value): value is ObjectValue {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'object'
}

export function isSequence(value: Value): value is readonly Value[] {
  return Array.isArray(value)
}

export function isMap(value: Value): value is MapValue {
  return value instanceof Map
}

/** Truth of a value; asking a strict undefined is the caller's mistake to refuse. */
export function isTruthy(value: Value): boolean {
  if (value === null || isUndefined(value)) return false
  if (typeof value === 'boolean') return value
  if (typeof value === 'bigint') return value !== 0n
  if (typeof value === 'number') return value !== 0
  if (typeof value === 'string') return value !== ''
  if (isSequence(value)) return value.length > 0
  return isMap(value) ? value.size > 0 : true
}
