/** Text work behind the filters: splitting, trimming, numbers, build string pieces. */

/** `3.12.* *_cpython` as `312`: the first word's first two dot-separated pieces, joined. */
export function versionToBuildString(text: string): string {
  const word = text.trim().split(/\s+/)[0] ?? ''
  return word.split('.').slice(0, 2).join('')
}

/** Without the given characters (or whitespace) at both ends. */
export function trimText(text: string, characters: string | undefined): string {
  if (characters === undefined) return text.trim()
  const set = new Set(Array.from(characters))
  const letters = Array.from(text)
  let start = 0
  let end = letters.length
  while (start < end && set.has(letters[start] ?? '')) start += 1
  while (end > start && set.has(letters[end - 1] ?? '')) end -= 1
  return letters.slice(start, end).join('')
}

/**
 * Parts between separators, at most `limit` splits. Without a separator whitespace separates and empty parts
 * vanish;
 * an empty separator stands before, between and behind all characters, as in Rust.
 */
export function splitText(text: string, separator: string | undefined, limit: number | undefined): string[] {
  if (separator === undefined) return splitWords(text, limit)
  const parts = separator === '' ? ['', ...Array.from(text), ''] : text.split(separator)
  if (limit === undefined || limit < 0 || parts.length <= limit + 1) return parts
  return [...parts.slice(0, limit), parts.slice(limit).join(separator)]
}

function splitWords(text: string, limit: number | undefined): string[] {
  const words: string[] = []
  let rest = text.trimStart()
  while (rest !== '') {
    const blank = limit !== undefined && limit >= 0 && words.length >= limit ? -1 : rest.search(/\s/)
    if (blank === -1) return [...words, rest.trimEnd()]
    words.push(rest.slice(0, blank))
    rest = rest.slice(blank).trimStart()
  }
  return words
}

/**
 * The number a text spells, an integer when it can be one; undefined when it is none. Blanks are not
 * allowed.
 */
export function parseNumber(text: string): bigint | number | undefined {
  if (/^[+-]?\d+$/.test(text)) return BigInt(text.replace(/^\+/, ''))
  const isFloat = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text)
  return isFloat ? Number(text) : undefined
}
