/** Symbolic links: what they point to in the package (spec: package.md 1.5). */
import { posix } from 'node:path'
import type { StagedFile } from './staged-file.js'

export interface LinkToMap {
  /** In the prefix, relative to it. */
  readonly origin: string
  /** In the package. */
  readonly path: string
  /** As it is on disk. */
  readonly target: string
}

/**
 * The link text for the package. Absolute targets inside the prefix become relative, and both ends follow the
 * mapping of the package; everything else stays as it is.
 * @param mapPath where a path of the prefix goes in the package
 */
export function mapLinkTarget(
  link: LinkToMap,
  prefix: string,
  mapPath: (path: string) => string | undefined,
): string {
  const isAbsolute = link.target.startsWith('/')
  const resolved = posix.resolve(prefix, posix.dirname(link.origin), link.target)
  const inside = posix.relative(prefix, resolved)
  // The prefix itself is inside, too: its place is another one wherever the package is installed.
  if (inside === '..' || inside.startsWith('../')) return link.target
  const mapped = mapPath(inside) ?? inside
  if (!isAbsolute && mapped === inside && link.path === link.origin) return link.target
  return posix.relative(posix.dirname(link.path), mapped) || '.'
}

/** The file of the package that a link leads to, through other links of the package; undefined for anything else. */
export function resolveInPackage(
  path: string,
  files: ReadonlyMap<string, StagedFile>,
): StagedFile | undefined {
  let current = path
  // Longer chains are refused by the kernel, too.
  for (let step = 0; step < 40; step++) {
    const file = followDirectoryLinks(current, files)
    if (file === undefined || file.kind === 'file') return file
    if (file.target.startsWith('/')) return undefined
    current = posix.join(posix.dirname(file.path), file.target)
    if (current.startsWith('..')) return undefined
  }
  return undefined
}

function followDirectoryLinks(path: string, files: ReadonlyMap<string, StagedFile>): StagedFile | undefined {
  let current = path
  for (let step = 0; step < 40; step++) {
    const found = files.get(current)
    if (found) return found
    const link = parentsOf(current)
      .map((parent) => files.get(parent))
      .find((file) => file?.kind === 'symlink')
    if (link?.kind !== 'symlink' || link.target.startsWith('/')) return undefined
    current = posix.join(posix.dirname(link.path), link.target, current.slice(link.path.length + 1))
  }
  return undefined
}

function parentsOf(path: string): string[] {
  const parts = path.split('/')
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('/'))
}
