/**
 * Decides whether a text matches an exact text, a glob or a regular expression from a match spec, in linear time:
 * the patterns come from channels, so they must not be able to hang the solver (spec: environment.md B.3).
 */
import { compileSafeRegex } from './safe-regex.js'

const cacheLimit = 10_000
const cache = new Map<string, (text: string) => boolean>()

/**
 * A test for whole texts, ignoring case: `^...$` is a regular expression, `*` and `?` are wildcards (and `[...]` when
 * there is another wildcard to make it a glob), anything else is the text itself.
 * @throws SpecError when a regular expression is malformed, too long, or uses look-around or back references
 */
export function compileTextPattern(pattern: string): (text: string) => boolean {
  const known = cache.get(pattern)
  if (known) return known
  const matches = compile(pattern)
  if (cache.size >= cacheLimit) cache.clear()
  cache.set(pattern, matches)
  return matches
}

function compile(pattern: string): (text: string) => boolean {
  if (pattern === '*') return () => true
  const lower = pattern.toLowerCase()
  if (pattern.startsWith('^') && pattern.endsWith('$')) return compileSafeRegex(pattern)
  if (!/[*?]/.test(pattern)) return (text) => text.toLowerCase() === lower
  return (text) => globMatches(lower, text.toLowerCase())
}

/** Greedy with one point of return, the last `*`: at most pattern times text steps. */
function globMatches(glob: string, text: string): boolean {
  let at = 0
  let position = 0
  let star = -1
  let resume = 0
  while (position < text.length) {
    if (glob[at] === '*') {
      star = at
      resume = position
      at += 1
    } else if (glob[at] === '?' || glob[at] === text[position]) {
      at += 1
      position += 1
    } else if (star >= 0) {
      resume += 1
      position = resume
      at = star + 1
    } else return false
  }
  while (glob[at] === '*') at += 1
  return at === glob.length
}
