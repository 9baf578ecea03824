/** Drops what never belongs into a package, whatever the recipe says (spec: package.md 1.3). */

import { infoDirectory } from './errors.js'
import type { Candidate, Candidates } from './find-candidates.js'

/**
 * The candidates without tool droppings, libtool archives and byte code of other packages' modules.
 * @throws BuildError `package/info-directory` for files below `info/`
 */
export function filterCandidates({ files, previous }: Candidates): readonly Candidate[] {
  const present = new Set(files.filter((file) => file.type === 'file').map((file) => file.path))
  return files.filter((file) => {
    if (isDropped(file.path)) return false
    if (file.path.startsWith('info/')) throw infoDirectory(file.path)
    return !isShadowedModule(file.path, present) && !isForeignByteCode(file.path, previous)
  })
}

const droppedNames = new Set(['.DS_Store', 'conda-meta', 'CACHEDIR.TAG'])

function isDropped(path: string): boolean {
  if (path.endsWith('.pyo') || path.endsWith('.la')) return true
  if (path === 'share/info/dir' || path.startsWith('share/info/dir/')) return true
  return path.split('/').some((part) => droppedNames.has(part))
}

/** `foo.py` beside `foo.so` would never be imported. */
function isShadowedModule(path: string, present: ReadonlySet<string>): boolean {
  const stem = /^(.*)\.pyc?$/.exec(path)?.[1]
  return stem !== undefined && (present.has(`${stem}.so`) || present.has(`${stem}.pyd`))
}

function isForeignByteCode(path: string, previous: ReadonlySet<string>): boolean {
  const source = sourceOfByteCode(path)
  return source !== undefined && previous.has(source)
}

/** The module a `.pyc` belongs to: `d/__pycache__/m.cpython-312.opt-1.pyc` is `d/m.py`. */
export function sourceOfByteCode(path: string): string | undefined {
  const cached = /^(.*\/|)__pycache__\/([^/]+?)\.[^./]+(?:\.opt-[^./]+)?\.pyc$/.exec(path)
  if (cached) return `${cached[1]}${cached[2]}.py`
  return path.endsWith('.pyc') ? path.slice(0, -1) : undefined
}
