/** Which versions of other libraries' symbols a program needs at least. */

/**
 * The highest of each kind, sorted: `libc.so.6 GLIBC_2.2.5` and `libm.so.6 GLIBC_2.29` give `GLIBC_2.29`. Names without a
 * number (`GLIBC_PRIVATE`) stand for themselves.
 * @param versions as `BinaryFacts.versions` has them
 */
export function highestVersions(versions: readonly string[]): readonly string[] {
  const highest = new Map<string, Version>()
  for (const text of versions) {
    const version = parseVersion(text.slice(text.indexOf(' ') + 1))
    const known = highest.get(version.kind)
    if (known === undefined || isHigher(version.numbers, known.numbers)) highest.set(version.kind, version)
  }
  return [...highest.values()].map(({ name }) => name).sort()
}

/** `GLIBC_2.17` is of the kind `GLIBC`, with the numbers 2 and 17. */
interface Version {
  readonly name: string
  readonly kind: string
  readonly numbers: readonly number[]
}

function parseVersion(name: string): Version {
  // Not by a pattern that is looked for at every place: hostile names are long.
  let end = name.length
  while (end > 0 && isPartOfNumber(name.charCodeAt(end - 1))) end -= 1
  const numbers = name.slice(end).match(/\d+/g)?.map(Number) ?? []
  return { name, kind: name.slice(0, end), numbers }
}

/** Digits, dots and underscores. */
function isPartOfNumber(code: number): boolean {
  return (code >= 48 && code <= 57) || code === 46 || code === 95
}

function isHigher(left: readonly number[], right: readonly number[]): boolean {
  const at = left.findIndex((number, index) => number !== right[index])
  return at !== -1 && (left[at] ?? 0) > (right[at] ?? -1)
}
