/** Paths to the directories they lie in. */

/** All directories above the paths, each once; `a/` stands for a directory of its own. Relative, `/`-separated. */
export function parentDirectories(paths: Iterable<string>): ReadonlySet<string> {
  const parents = new Set<string>()
  for (const path of paths) {
    for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
      const parent = path.slice(0, end)
      if (parents.has(parent)) break
      parents.add(parent)
    }
  }
  return parents
}
