/** Decides which source brings which path of the work directory, and that nothing is written outside of it. */
import { dirname, join, relative, sep } from 'node:path'
import type { FileSystem } from '../../system/index.js'
import { sourcesConflict } from './errors.js'

/** The work directory while sources arrive: who brought what. */
export interface WorkTree {
  /** Absolute. */
  readonly root: string
  /** Nothing was there before the sources, so nothing can be in the way. */
  readonly wasEmpty: boolean
  /** Source of each file and link by path, relative to the root. */
  readonly owners: Map<string, string>
  /** Source that was the first to bring a directory, by path. */
  readonly directories: Map<string, string>
}

/** A work directory before the first source. */
export function createWorkTree(root: string, wasEmpty: boolean): WorkTree {
  return { root, wasEmpty, owners: new Map(), directories: new Map() }
}

/** Notes whose file this is. @throws BuildError `source/conflict` when another source brought it */
export function claimFile(path: string, source: string, { root, owners, directories }: WorkTree): void {
  const name = relative(root, path)
  const owner = owners.get(name) ?? directories.get(name)
  if (owner !== undefined) throw sourcesConflict(name, owner, source)
  owners.set(name, source)
}

/**
 * Creates a directory of the work tree with its parents. An earlier source may have brought a link of that name: through
 * one that leads elsewhere nothing is written.
 * @throws BuildError `source/conflict` when another source brought something else there
 */
export async function claimDirectory(
  path: string,
  source: string,
  { tree, fs }: { readonly tree: WorkTree; readonly fs: FileSystem },
): Promise<void> {
  const name = relative(tree.root, path)
  if (name === '' || tree.directories.has(name)) return
  await claimDirectory(dirname(path), source, { tree, fs })
  const owner = tree.owners.get(name)
  if (owner !== undefined && !(await isInside(path, tree, fs))) throw sourcesConflict(name, owner, source)
  // A build that runs again finds its own files from before.
  const isInTheWay = !tree.wasEmpty && owner === undefined && (await fs.lstat(path))?.type !== 'directory'
  if (isInTheWay) await fs.remove(path)
  await fs.makeDirectory(path)
  tree.directories.set(name, source)
}

/** Whether this is a directory, or a link to one, in the work directory. */
async function isInside(path: string, { root }: WorkTree, fs: FileSystem): Promise<boolean> {
  if ((await fs.stat(path))?.type !== 'directory') return false
  return (await fs.realPath(path)).startsWith(join(await fs.realPath(root), sep))
}
