/** Decides what `.gitignore` files (and files with the same syntax) leave out. */

/** One file of rules. */
export interface IgnoreFile {
  /** Where the file lies, relative to the common root, `/`-separated; empty for the root itself. */
  readonly directory: string
  readonly text: string
}

/** Whether a path, relative to the common root, is left out. */
export type IgnoreFilter = (path: string, isDirectory: boolean) => boolean

/**
 * Joins rule files the way git does: a file speaks for everything below its directory, the deepest one that says
 * something about a path wins, and nothing below a directory that is left out comes back. Case matters.
 */
export async function createIgnoreFilter(files: readonly IgnoreFile[]): Promise<IgnoreFilter> {
  if (files.length === 0) return () => false
  const { default: ignore } = await import('ignore')
  const rules = files
    .map(({ directory, text }) => {
      const base = directory === '' ? '' : `${directory}/`
      return { base, rules: ignore({ ignorecase: false }).add(text) }
    })
    .sort((left, right) => right.base.length - left.base.length)
  return (path, isDirectory) => {
    for (const { base, rules: own } of rules) {
      if (!path.startsWith(base) || path.length === base.length) continue
      const result = own.test(`${path.slice(base.length)}${isDirectory ? '/' : ''}`)
      if (result.ignored) return true
      if (result.unignored) return false
    }
    return false
  }
}
