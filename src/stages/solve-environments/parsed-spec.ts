/** Decides how the spec texts of requests and records are read, and under which conditions a spec counts (CEP 43). */
import { type Condition, formatMatchSpec, type MatchSpec, parseMatchSpec } from '../../conda/index.js'

/** A requirement with the text it was written in. */
export interface ParsedSpec {
  readonly text: string
  readonly spec: MatchSpec
  /** It counts when in one of these lists everything holds; a spec without condition has one empty list. */
  readonly conditions: readonly (readonly ParsedSpec[])[]
}

/** Written out, `(a or b) and (c or d) and ...` grows quickly. */
const maxAlternatives = 64

/** @throws Error when the condition has too many alternatives */
export function toParsedSpec(text: string, spec: MatchSpec): ParsedSpec {
  return { text, spec, conditions: spec.when ? alternatives(spec.when) : [[]] }
}

function alternatives(condition: Condition): readonly (readonly ParsedSpec[])[] {
  switch (condition.kind) {
    case 'spec':
      return [[toParsedSpec(formatMatchSpec(condition.spec), condition.spec)]]
    case 'or':
      return limited(condition.conditions.flatMap(alternatives))
    case 'and':
      return condition.conditions
        .map(alternatives)
        .reduce((all, next) => limited(all.flatMap((list) => next.map((other) => [...list, ...other]))), [[]])
  }
}

function limited<T>(list: readonly T[]): readonly T[] {
  if (list.length > maxAlternatives)
    throw new Error(`the condition has more than ${maxAlternatives} alternatives`)
  return list
}

/** A parser that remembers; the same few thousand texts repeat all over a channel. */
export function createSpecParser(): (text: string) => ParsedSpec {
  const cache = new Map<string, ParsedSpec | Error>()
  return (text) => {
    let parsed = cache.get(text)
    if (!parsed) {
      parsed = tryParse(text)
      cache.set(text, parsed)
    }
    if (parsed instanceof Error) throw parsed
    return parsed
  }
}

function tryParse(text: string): ParsedSpec | Error {
  try {
    return toParsedSpec(text, parseMatchSpec(text, { mode: 'lenient', v3: true }))
  } catch (error) {
    return new Error(`the dependency '${text}' failed to parse: ${(error as Error).message}`)
  }
}
