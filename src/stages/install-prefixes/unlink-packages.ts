/** Takes the files of packages out of a prefix (spec: environment.md C.5). */
import path from 'node:path'
import type { StageContext } from '../../system/index.js'
import { parentDirectories } from '../../text/index.js'
import { malformedRecord } from './errors.js'

/** Relative paths, checked. */
export interface PathsToRemove {
  readonly files: readonly string[]
  /** Directories that packages list; they go when nothing is in them. */
  readonly directories: readonly string[]
}

/**
 * Removes files, what python compiled from them, and the directories that are empty then. A directory that took the
 * place of a file stays.
 * @throws BuildError `install/malformed-record` for a path that leads out of the prefix through a link
 */
export async function unlinkPaths(
  prefix: string,
  { files, directories: listed }: PathsToRemove,
  context: StageContext,
): Promise<void> {
  const { fs } = context.system
  const root = await fs.realPath(prefix)
  const directories = parentDirectories([...files, ...listed.map((directory) => `${directory}/`)])
  for (const directory of directories) {
    const real = await fs.realPath(path.join(prefix, directory)).catch(() => undefined)
    const isInside = real === undefined || real === root || real.startsWith(root + path.sep)
    if (!isInside) throw malformedRecord(prefix, `\`${directory}\` leads out of the prefix`)
  }
  const compiled = await findCompiled(prefix, files, context)
  await fs.unlinkFiles([...files, ...compiled].map((file) => path.join(prefix, file)))
  const empty = [...new Set([...directories, ...parentDirectories(compiled)])].sort(byDepth)
  for (const directory of empty) {
    if (directory !== 'conda-meta') await fs.removeEmptyDirectory(path.join(prefix, directory))
  }
}

function byDepth(left: string, right: string): number {
  return right.split('/').length - left.split('/').length
}

/** `m.py` is compiled to `__pycache__/m.cpython-311.pyc`, which no record has; left alone it hides that `m` is gone. */
async function findCompiled(
  prefix: string,
  paths: readonly string[],
  { system }: StageContext,
): Promise<readonly string[]> {
  const modules = new Map<string, Set<string>>()
  for (const file of paths) {
    if (!file.endsWith('.py')) continue
    const directory = file.includes('/') ? file.slice(0, file.lastIndexOf('/')) : '.'
    const known = modules.get(directory) ?? new Set()
    modules.set(directory, known.add(file.slice(directory === '.' ? 0 : directory.length + 1, -3)))
  }
  const found: string[] = []
  for (const [directory, names] of modules) {
    const cache = `${directory}/__pycache__`
    for (const name of await system.fs.list(path.join(prefix, cache))) {
      const module = /^(.+)\.[\w-]+(?:\.opt-\d)?\.pyc$/.exec(name)?.[1]
      if (module !== undefined && names.has(module)) found.push(`${cache}/${name}`)
    }
  }
  return found
}
