/** Decides what `.attribute`, `[item]` and `(call)` reach; JavaScript properties are never looked at. */
import { operationError, unknownNameError } from './errors.js'
import {
  type CallArguments,
  isFunction,
  isMap,
  isObject,
  isSequence,
  kindOf,
  orUndefined,
  undefinedValue,
  type Value,
} from './value.js'

/** `target.name`; an absent attribute is undefined. */
export function readAttribute(target: Value, name: string, spelling: string): Value {
  if (isMap(target)) return orUndefined(target.get(name), spelling)
  if (isObject(target)) return orUndefined(target.attributes.get(name), spelling)
  return undefinedValue(spelling)
}

/** `target[index]`; negative indexes count from the end, an absent item is undefined. */
export function readItem(target: Value, index: Value, spelling: string): Value {
  if (isMap(target)) return orUndefined(target.get(index), spelling)
  if (isObject(target) && typeof index === 'string') return readAttribute(target, index, spelling)
  const position = asIndex(index)
  if (position === undefined) return undefinedValue(spelling)
  const items = isSequence(target) ? target : typeof target === 'string' ? Array.from(target) : []
  return orUndefined(items.at(position), spelling)
}

/** Calls a function, or the method `method` of a value. @throws TemplateError when that cannot be called */
export function callValue(target: Value, method: string | undefined, args: CallArguments, name = ''): Value {
  if (method === undefined) {
    if (isFunction(target)) return target.call(args)
    throw operationError(`\`${name}\` is not callable: it is a ${kindOf(target)}`)
  }
  if (isObject(target)) {
    const found = target.methods.get(method)
    if (found) return found(args)
    throw unknownNameError(`unknown method: ${target.name} has no method named ${method}`, [
      ...target.methods.keys(),
    ])
  }
  const member = isMap(target) ? target.get(method) : undefined
  if (member !== undefined) return callValue(member, undefined, args, method)
  throw unknownNameError(`unknown method: ${kindOf(target)} has no method named ${method}`, [])
}

function asIndex(index: Value): number | undefined {
  if (typeof index === 'bigint') return Number(index)
  return typeof index === 'number' && Number.isInteger(index) ? index : undefined
}
