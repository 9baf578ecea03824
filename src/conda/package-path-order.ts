/** Decides the order of paths in package metadata (spec: package.md 2.2). */

/** Compares two `/`-separated paths component by component in UTF-8 byte order: `a/b` comes before `a-b`. */
export function comparePackagePaths(left: string, right: string): number {
  const length = Math.min(left.length, right.length)
  for (let index = 0; index < length; index += 1) {
    const a = left.charCodeAt(index)
    const b = right.charCodeAt(index)
    if (a !== b) return rank(a) - rank(b)
  }
  return left.length - right.length
}

const slash = 47

/** The separator ends a component, so it comes before every character; surrogates come last, as their bytes do. */
function rank(code: number): number {
  if (code === slash) return -1
  if (code >= 0xd800 && code <= 0xdfff) return code + 0x10000
  return code
}
