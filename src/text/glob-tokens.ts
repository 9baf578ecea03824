/** Reads glob patterns into tokens, with the rules of Rust's globset (spec: package.md 1.2). */

export type GlobToken =
  | { readonly kind: 'literal'; readonly text: string }
  /** `?` */
  | { readonly kind: 'any' }
  /** `*` */
  | { readonly kind: 'star' }
  /** A leading `**` with its slash: nothing, or any number of directories. */
  | { readonly kind: 'recursive-prefix' }
  /** `/` and a `**` at the end: everything below. */
  | { readonly kind: 'recursive-suffix' }
  /** A `**` between slashes: one slash, or directories between two. */
  | { readonly kind: 'recursive-middle' }
  | {
      readonly kind: 'class'
      readonly negated: boolean
      readonly ranges: readonly (readonly [number, number])[]
    }
  | { readonly kind: 'alternates'; readonly branches: readonly (readonly GlobToken[])[] }

export type ParsedGlob =
  | { readonly kind: 'tokens'; readonly tokens: readonly GlobToken[] }
  | { readonly kind: 'invalid'; readonly message: string }

/** The tokens of a pattern, or what is wrong with it. */
export function parseGlob(pattern: string): ParsedGlob {
  const reader: Reader = { characters: [...pattern], at: 0, levels: [{ branches: [], tokens: [] }] }
  while (reader.at < reader.characters.length) {
    const message = readToken(reader)
    if (message !== undefined) return { kind: 'invalid', message }
  }
  if (reader.levels.length > 1) return { kind: 'invalid', message: 'unclosed alternate group; missing `}`' }
  return { kind: 'tokens', tokens: top(reader).tokens }
}

interface Level {
  readonly branches: GlobToken[][]
  tokens: GlobToken[]
}

interface Reader {
  readonly characters: readonly string[]
  at: number
  /** The pattern itself, and one level for each open `{`. */
  readonly levels: Level[]
}

function readToken(reader: Reader): string | undefined {
  const character = reader.characters[reader.at] ?? ''
  reader.at += 1
  switch (character) {
    case '?':
      return push(reader, { kind: 'any' })
    case '*':
      return readStar(reader)
    case '[':
      return readClass(reader)
    case '{':
      reader.levels.push({ branches: [], tokens: [] })
      return undefined
    case '}':
      return closeAlternates(reader)
    case ',':
      return reader.levels.length > 1 ? nextBranch(reader) : push(reader, { kind: 'literal', text: ',' })
    case '\\':
      return readEscape(reader)
    default:
      return push(reader, { kind: 'literal', text: character })
  }
}

function top(reader: Reader): Level {
  return reader.levels.at(-1) ?? { branches: [], tokens: [] }
}

function push(reader: Reader, ...tokens: GlobToken[]): undefined {
  top(reader).tokens.push(...tokens)
}

function readEscape(reader: Reader): string | undefined {
  const escaped = reader.characters[reader.at]
  if (escaped === undefined) return 'dangling `\\`'
  reader.at += 1
  return push(reader, { kind: 'literal', text: escaped })
}

function nextBranch(reader: Reader): undefined {
  const level = top(reader)
  level.branches.push(level.tokens)
  level.tokens = []
}

function closeAlternates(reader: Reader): string | undefined {
  if (reader.levels.length < 2) return 'unopened alternate group; missing `{`'
  const level = reader.levels.pop()
  if (level === undefined) return undefined
  return push(reader, { kind: 'alternates', branches: [...level.branches, level.tokens] })
}

/** `**` is only special as a whole component; elsewhere it is the same as `*`. */
function readStar(reader: Reader): undefined {
  const { characters, levels } = reader
  if (characters[reader.at] !== '*') return push(reader, { kind: 'star' })
  const before = characters[reader.at - 2]
  reader.at += 1
  const after = characters[reader.at]
  const { tokens } = top(reader)
  const endsHere = after === undefined || (levels.length > 1 && (after === ',' || after === '}'))
  if (tokens.length === 0 && (after === undefined || after === '/')) {
    reader.at += 1
    return push(reader, after === undefined ? { kind: 'star' } : { kind: 'recursive-prefix' })
  }
  if (tokens.length === 0 || before !== '/' || !(endsHere || after === '/'))
    return push(reader, { kind: 'star' })
  if (!endsHere) reader.at += 1
  const last = tokens.pop()
  if (last?.kind === 'recursive-prefix' || last?.kind === 'recursive-suffix') return push(reader, last)
  return push(reader, { kind: endsHere ? 'recursive-suffix' : 'recursive-middle' })
}

function readClass(reader: Reader): string | undefined {
  const { characters } = reader
  const negated = characters[reader.at] === '!' || characters[reader.at] === '^'
  if (negated) reader.at += 1
  const body: string[] = []
  // A `]` right at the beginning stands for itself.
  while (reader.at < characters.length && (characters[reader.at] !== ']' || body.length === 0)) {
    body.push(characters[reader.at] ?? '')
    reader.at += 1
  }
  if (reader.at >= characters.length) return 'unclosed character class; missing `]`'
  reader.at += 1
  const ranges = readRanges(body)
  if (typeof ranges === 'string') return ranges
  return push(reader, { kind: 'class', negated, ranges })
}

function readRanges(body: readonly string[]): (readonly [number, number])[] | string {
  const ranges: (readonly [number, number])[] = []
  for (let at = 0; at < body.length; at++) {
    const first = body[at] ?? ''
    const last = body[at + 1] === '-' ? body[at + 2] : undefined
    const low = first.codePointAt(0) ?? 0
    const high = (last ?? first).codePointAt(0) ?? 0
    if (high < low) return `invalid range; \`${first}\` > \`${last}\``
    ranges.push([low, high])
    if (last !== undefined) at += 2
  }
  return ranges
}
