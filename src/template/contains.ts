/** Decides what `in` means for each kind of container. */
import { equalValues } from './compare-values.js'
import { operationError, undefinedError } from './errors.js'
import { formatValue } from './format-value.js'
import { isMap, isSequence, isUndefined, kindOf, type Value } from './value.js'

/** True when `container` holds `item`: as part of a text, as list item, or as key of a map. */
export function contains(container: Value, item: Value): boolean {
  if (typeof container === 'string') return container.includes(formatValue(item))
  if (isSequence(container)) return container.some((member) => equalValues(member, item))
  if (isMap(container)) return container.has(item)
  if (isUndefined(container)) {
    if (container.silent) return false
    throw undefinedError(container.name)
  }
  throw operationError(`cannot perform a containment check on this value (a ${kindOf(container)})`)
}
