/** Guesses how many leading components of the names in a patch are not part of the source tree (spec: build.md 7.7). */
import type { FilePatch } from './parse-patch.js'

/**
 * The smallest number with which a name of the patch exists; when none does, 1 for names that begin with `a/` or `b/`.
 * @param exists whether a path, relative to the source tree, exists
 */
export async function guessStripLevel(
  files: readonly FilePatch[],
  exists: (path: string) => Promise<boolean>,
): Promise<number> {
  const names = files
    .filter((file) => file.oldName !== undefined)
    .flatMap((file) => [file.oldName, file.newName])
    .filter((name): name is string => name !== undefined)
  const depth = Math.max(0, ...names.map((name) => name.split('/').length - 1))
  for (let level = 0; level <= depth; level++) {
    for (const name of names) {
      const stripped = stripComponents(name, level)
      if (stripped !== undefined && stripped !== '' && (await exists(stripped))) return level
    }
  }
  const all = files.flatMap((file) => [file.oldName, file.newName])
  return all.some((name) => name !== undefined && /^[ab]\//.test(name)) ? 1 : 0
}

/** The name without its first `level` components; undefined when it has not more than that. */
export function stripComponents(name: string, level: number): string | undefined {
  const parts = name.split('/').filter((part, index) => part !== '' || index === 0)
  return parts.length > level ? parts.slice(level).join('/') : undefined
}
