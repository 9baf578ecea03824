/** Decides whether a name from an archive may become a file, and whether a link may be made. */

/**
 * An entry's name as a clean relative path; empty for the root itself.
 * @returns undefined for a name that leaves the destination: absolute, with `..`, with a drive or a NUL
 */
export function cleanEntryName(name: string): string | undefined {
  if (name.startsWith('/') || /^[a-zA-Z]:[\\/]/.test(name) || name.includes('\0')) return undefined
  const parts = name.split('/').filter((part) => part !== '' && part !== '.')
  return parts.includes('..') ? undefined : parts.join('/')
}

/** Whether a symbolic link at `path` with this text points to something below the root; decided by the text alone. */
export function linkStaysInside(path: string, target: string): boolean {
  if (target.startsWith('/') || /^[a-zA-Z]:[\\/]/.test(target) || target.includes('\0')) return false
  let depth = path.split('/').length - 1
  for (const part of target.split('/')) {
    if (part === '..') depth -= 1
    else if (part !== '' && part !== '.') depth += 1
    if (depth < 0) return false
  }
  return true
}
