/** Decides what `loop` offers inside a `for` block. */
import { equalValues } from './compare-values.js'
import { argumentsError, operationError } from './errors.js'
import type { CallArguments, Value } from './value.js'

export interface LoopState {
  readonly items: readonly Value[]
  readonly index: number
  readonly depth: number
  /** The same in all turns of one loop: what `loop.changed` was given in the last one. */
  readonly memory: { last?: readonly Value[] }
  /** Renders the loop again over other items; only for `recursive` loops. */
  readonly recurse?: (items: Value) => string
}

/** `loop.index`, `loop.first`, `loop.cycle(...)` and so on; `loop(items)` in a recursive loop. */
export function createLoop(state: LoopState): Value {
  const { recurse } = state
  if (recurse === undefined) {
    return { kind: 'object', name: 'loop', attributes: attributesOf(state), methods: methodsOf(state) }
  }
  const call = ({ positional }: CallArguments): Value => {
    const [items] = positional
    if (items === undefined) throw argumentsError('missing argument')
    return recurse(items)
  }
  return { kind: 'function', name: 'loop', call }
}

function attributesOf({ items, index, depth }: LoopState): Map<string, Value> {
  const attributes = new Map<string, Value>([
    ['index0', BigInt(index)],
    ['index', BigInt(index + 1)],
    ['revindex0', BigInt(items.length - index - 1)],
    ['revindex', BigInt(items.length - index)],
    ['length', BigInt(items.length)],
    ['first', index === 0],
    ['last', index === items.length - 1],
    ['depth', BigInt(depth + 1)],
    ['depth0', BigInt(depth)],
  ])
  const previous = index > 0 ? items[index - 1] : undefined
  const following = items[index + 1]
  if (previous !== undefined) attributes.set('previtem', previous)
  if (following !== undefined) attributes.set('nextitem', following)
  return attributes
}

function methodsOf({ index, memory }: LoopState): Map<string, (args: CallArguments) => Value> {
  const cycle = ({ positional }: CallArguments): Value => {
    const chosen = positional[index % Math.max(1, positional.length)]
    if (chosen === undefined) throw operationError('`loop.cycle` needs values')
    return chosen
  }
  const changed = ({ positional }: CallArguments): Value => {
    const isSame = memory.last !== undefined && equalValues(memory.last, positional)
    memory.last = positional
    return !isSame
  }
  return new Map([
    ['cycle', cycle],
    ['changed', changed],
  ])
}
