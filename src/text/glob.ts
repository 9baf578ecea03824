/** Globs as rattler-build's users know them: `*` and `?` also match `/` (spec: package.md 1.2). */
import { buildStates, runStates, type State } from './glob-states.js'
import { type GlobToken, parseGlob } from './glob-tokens.js'

/** A compiled pattern; matching takes time proportional to pattern times path, whatever the pattern is. */
export interface Glob {
  readonly pattern: string
  /** @param path relative, `/`-separated; the whole of it has to match */
  matches(path: string): boolean
}

/** A list of globs, or what is wanted and what is not. */
export type GlobLists =
  | readonly string[]
  | { readonly include?: readonly string[]; readonly exclude?: readonly string[] }

/**
 * The plain form, for `package_contents`: the path itself has to match, nothing is added.
 * @throws SyntaxError for patterns that `findGlobProblem` describes
 */
export function compileGlob(pattern: string): Glob {
  return cached(plainGlobs, pattern, () => compile(pattern, pattern))
}

/**
 * The form of file lists: a pattern also matches everything below what it matches; `dir/` is everything below `dir`;
 * `.` and `./` are everything.
 * @throws SyntaxError for patterns that `findGlobProblem` describes
 */
export function compileFileGlob(pattern: string): Glob {
  return cached(fileGlobs, pattern, () => compile(pattern, expandFilePattern(pattern)))
}

/** What is wrong with a pattern, or undefined when it can be compiled. */
export function findGlobProblem(pattern: string): string | undefined {
  const parsed = parseGlob(pattern)
  return parsed.kind === 'invalid' ? parsed.message : undefined
}

/**
 * Whether a path is meant by file lists: some include matches and no exclude does. No include at all means everything
 * when there are excludes, and nothing when both are empty.
 */
export function createGlobFilter(lists: GlobLists): (path: string) => boolean {
  const { include, exclude } = splitLists(lists)
  const wanted = include.map(compileFileGlob)
  const unwanted = exclude.map(compileFileGlob)
  if (wanted.length === 0 && unwanted.length === 0) return () => false
  return (path) =>
    (wanted.length === 0 || wanted.some((glob) => glob.matches(path))) &&
    !unwanted.some((glob) => glob.matches(path))
}

/** Both lists, empty when absent. */
export function splitLists(lists: GlobLists): {
  readonly include: readonly string[]
  readonly exclude: readonly string[]
} {
  if (isList(lists)) return { include: lists, exclude: [] }
  return { include: lists.include ?? [], exclude: lists.exclude ?? [] }
}

const plainGlobs = new Map<string, Glob>()
const fileGlobs = new Map<string, Glob>()
/** Recipes have tens of patterns; the limit only keeps a long-lived process from growing. */
const cacheLimit = 2000

function cached(cache: Map<string, Glob>, pattern: string, make: () => Glob): Glob {
  const known = cache.get(pattern)
  if (known) return known
  const glob = make()
  if (cache.size >= cacheLimit) cache.clear()
  cache.set(pattern, glob)
  return glob
}

// `Array.isArray` does not narrow readonly arrays.
function isList(lists: GlobLists): lists is readonly string[] {
  return Array.isArray(lists)
}

function expandFilePattern(pattern: string): string {
  const relative = pattern.startsWith('./') ? pattern.slice(2) : pattern
  if (relative === '' || relative === '.') return '**'
  return relative.endsWith('/') ? `${relative}**` : `${relative}{,/**}`
}

function compile(pattern: string, expanded: string): Glob {
  const parsed = parseGlob(expanded)
  if (parsed.kind === 'invalid') throw new SyntaxError(`invalid glob \`${pattern}\`: ${parsed.message}`)
  const literal = literalOf(parsed.tokens)
  if (literal !== undefined) return { pattern, matches: (path) => path === literal }
  let start: State | undefined
  return {
    pattern,
    matches: (path) => {
      start ??= buildStates(parsed.tokens)
      return runStates(start, path)
    },
  }
}

/** The one text that a pattern without any special character matches. */
function literalOf(tokens: readonly GlobToken[]): string | undefined {
  let text = ''
  for (const token of tokens) {
    if (token.kind !== 'literal') return undefined
    text += token.text
  }
  return text
}
