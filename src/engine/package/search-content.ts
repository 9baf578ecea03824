/** Looks for paths of build machines, placeholders and first lines in the bytes of one file, chunk by chunk. */

/** What was found in one file; each kind once. */
export interface ContentFindings {
  /** A directory that existed only while the package was built. */
  readonly buildPath?: string | undefined
  /** A place of the machine that is none of the system: a home, a directory for temporary files. */
  readonly hostPath?: string | undefined
  /** Texts of the list that occur. */
  readonly placeholders: ReadonlySet<string>
  /** Something that was padded like a prefix, and is no placeholder of the list. */
  readonly strangePrefix?: string | undefined
  readonly isBinary: boolean
  /** Without `#!` and newline, at most 600 bytes; only of files that begin with it. */
  readonly shebang?: string
}

/** A search under way. */
export interface ContentSearch {
  readonly push: (chunk: Uint8Array) => void
  readonly findings: () => ContentFindings
}

/** @param placeholders prefixes that installers replace */
export function searchContent(placeholders: readonly string[]): ContentSearch {
  const found: { -readonly [K in keyof ContentFindings]: ContentFindings[K] } & {
    placeholders: Set<string>
  } = {
    placeholders: new Set(),
    isBinary: false,
  }
  // Twice, so that a path that the end of a chunk cuts is whole in the next text.
  const overlap = 2 * Math.max(longestPath, ...placeholders.map((text) => text.length))
  let rest: Part = { text: '', isCutBefore: false, isCutBehind: false }
  let head = ''
  const look = (part: Part) => {
    for (const placeholder of placeholders)
      if (part.text.includes(placeholder)) found.placeholders.add(placeholder)
    found.isBinary ||= part.text.includes('\0')
    found.buildPath ??= findPath(part, buildPaths, placeholders)
    found.hostPath ??= findPath(part, hostPaths, placeholders)
    found.strangePrefix ??= findPath(part, /(?:_placehold){2}/g, placeholders)
  }
  return {
    push: (chunk) => {
      const added = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length).toString('latin1')
      if (head.length < longestLine) head = (head + added).slice(0, longestLine)
      const text = rest.text + added
      look({ text, isCutBefore: rest.isCutBefore, isCutBehind: true })
      const isCutBefore = rest.isCutBefore || text.length > overlap
      rest = { text: text.slice(-overlap), isCutBefore, isCutBehind: false }
    },
    findings: () => {
      look(rest)
      const shebang = /^#!([^\n]*)/.exec(head)?.[1]
      return { ...found, ...(shebang !== undefined && { shebang: shebang.trim() }) }
    },
  }
}

/** A part of a file; more of the file may lie before and behind it. */
interface Part {
  readonly text: string
  readonly isCutBefore: boolean
  readonly isCutBehind: boolean
}

const longestPath = 1024
const longestLine = 600

/** Directories of rattler-build, krait and conda-build. */
const buildPaths =
  /\/(?:rattler-build_[\w.+-]{1,200}\/(?:work|build_env)|conda-bld\/[\w.+-]{1,200}\/(?:work|_build_env|_b_env))\b/g

const hostPaths =
  /(?<![\w.$})%-])\/(?:home|Users)\/[\w.-]{1,64}\/|(?<![\w.$})%-])\/(?:root|tmp|var\/tmp)\/[\w.-]+/g

/** The path around the first match that is not part of a placeholder. */
function findPath(part: Part, pattern: RegExp, placeholders: readonly string[]): string | undefined {
  const { text, isCutBefore, isCutBehind } = part
  for (const match of text.matchAll(pattern)) {
    const { start, end } = pathAround(text, match.index)
    // The text before or behind this one shows the whole of it.
    if ((isCutBefore && start === 0) || (isCutBehind && end === text.length)) continue
    const path = text.slice(start, end)
    if (!placeholders.some((placeholder) => path.includes(placeholder))) return path
  }
  return undefined
}

function pathAround(text: string, at: number): { readonly start: number; readonly end: number } {
  let start = at
  while (start > 0 && at - start < longestPath && isPathCharacter(text.charCodeAt(start - 1))) start -= 1
  let end = at
  while (end < text.length && end - at < longestPath && isPathCharacter(text.charCodeAt(end))) end += 1
  return { start, end }
}

/** Letters, digits and `/ . _ - +`, and bytes of other alphabets. */
function isPathCharacter(code: number): boolean {
  return code > 127 || (code >= 45 && code <= 57) || code === 43 || code === 95 || isLetter(code)
}

function isLetter(code: number): boolean {
  return (code >= 65 && code <= 90) || (code >= 97 && code <= 122)
}
