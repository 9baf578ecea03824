/** Decides what `value[from:to:step]` is. */
import { operationError } from './errors.js'
import { isSequence, kindOf, type Value } from './value.js'

export interface SliceBounds {
  readonly from: Value
  readonly to: Value
  readonly step: Value
}

/**
 * A part of a list or of a text (by character). @throws TemplateError for other values and for a step of
 * zero
 */
export function sliceValue(target: Value, bounds: SliceBounds): Value {
  const items = typeof target === 'string' ? Array.from(target) : target
  if (items === null) return []
  if (!isSequence(items)) throw operationError(`value of type ${kindOf(target)} cannot be sliced`)
  const step = asBound(bounds.step) ?? 1
  if (step === 0) throw operationError('cannot slice by step size of 0')
  const picked = step > 0 ? sliceForwards(items, bounds, step) : sliceBackwards(items, bounds, step)
  return typeof target === 'string' ? picked.join('') : picked
}

function sliceForwards(items: readonly Value[], bounds: SliceBounds, step: number): Value[] {
  const part = items.slice(asBound(bounds.from) ?? 0, asBound(bounds.to))
  return step === 1 ? part : part.filter((_, index) => index % step === 0)
}

/** Without bounds from the last item to the first. An end of 0 includes the first item, as in minijinja. */
function sliceBackwards(items: readonly Value[], bounds: SliceBounds, step: number): Value[] {
  const at = (bound: number) => (bound < 0 ? bound + items.length : bound)
  const from = Math.min(at(asBound(bounds.from) ?? items.length - 1), items.length - 1)
  const end = asBound(bounds.to)
  const stop = end === undefined ? 0 : Math.max(at(end), 0)
  const to = stop === 0 ? -1 : stop
  const picked: Value[] = []
  for (let index = from; index > to && index >= 0; index += step) picked.push(items[index] ?? null)
  return picked
}

function asBound(bound: Value): number | undefined {
  if (bound === null) return undefined
  if (typeof bound === 'bigint') return Number(bound)
  if (typeof bound === 'number' && Number.isInteger(bound)) return bound
  throw operationError(`slice bounds must be integers, not ${kindOf(bound)}`)
}
