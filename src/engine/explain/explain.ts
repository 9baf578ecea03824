/** Decides what a question is about: the hash, a variant key or a rendered value. */
import { closest, type Json } from '../../text/index.js'
import { configuredItems, normalizeKey } from './configured-variants.js'
import { unknownPath, unusedKey } from './errors.js'
import { explainHash } from './explain-hash.js'
import { explainSkip } from './explain-skip.js'
import { explainValue } from './explain-value.js'
import { findAbsent } from './find-absent.js'
import { leftOutKeys, usedKey } from './key-reasons.js'
import type { ExplainSubject, Explanation } from './types.js'
import { allPaths, findValue, formatPath, parsePath } from './value-path.js'

/**
 * Explains one path for every output that has it: `hash`, `variant.KEY`, a path of the rendered recipe, or the name of
 * a used variant key.
 * @throws BuildError `usage/unknown-path`, `usage/unused-key` when no output has it
 */
export function explain(path: string, subjects: readonly ExplainSubject[]): readonly Explanation[] {
  const explanations = subjects.flatMap((subject) => explainOne(path, subject) ?? [])
  if (explanations.length > 0) return explanations
  const key = normalizeKey(path.replace(/^variant\./, ''))
  const leftOut = subjects.flatMap(leftOutKeys).find((left) => left.key === key)
  throw leftOut ? unusedKey(key, leftOut.reason) : unknownPath(path, nearestPath(path, subjects))
}

function explainOne(text: string, subject: ExplainSubject): Explanation | undefined {
  if (text === 'hash') return explainHash(subject)
  const skip = explainSkip(text, subject)
  if (skip) return skip
  // A rendered recipe is plain JSON by construction.
  const root = subject.output.recipe as unknown as Json
  const path = parsePath(text)
  const [first, second] = path ?? []
  if (first === 'variant' && path?.length === 2) return explainKey(String(second), subject)
  const found = path && findValue(root, path)
  if (found) return explainValue(found, subject)
  return explainKey(text, subject) ?? explainMissing(text, subject)
}

function explainKey(name: string, subject: ExplainSubject): Explanation | undefined {
  const { variant } = subject.output
  const key = normalizeKey(name)
  const value = Object.hasOwn(variant, key) ? variant[key] : undefined
  if (value === undefined) return undefined
  const values = configuredItems(key, subject.options).map((item) => item.value)
  return { kind: 'variant', id: subject.id, ...usedKey(key, value, subject), values }
}

/** A list that is not there because everything in it was left out. */
function explainMissing(text: string, subject: ExplainSubject): Explanation | undefined {
  const path = parsePath(text) ?? []
  const dropped = path.length > 0 ? findAbsent(path, subject) : []
  if (dropped.length === 0) return undefined
  return { kind: 'group', id: subject.id, path: formatPath(path), value: [], values: [], dropped }
}

function nearestPath(text: string, subjects: readonly ExplainSubject[]): string | undefined {
  const known = subjects.flatMap(({ output }) => [
    // As above: plain JSON.
    ...allPaths(output.recipe as unknown as Json).map((path) => formatPath(path)),
    ...Object.keys(output.variant).flatMap((key) => [key, `variant.${key}`]),
  ])
  const candidates = new Set(['hash', ...known].filter((path) => path !== ''))
  const parent = [...candidates]
    .filter((path) => text.startsWith(`${path}[`) || text.startsWith(`${path}.`))
    .sort((left, right) => right.length - left.length)[0]
  return closest(text, candidates) ?? parent
}
