/** Decides whether a build wrote through a hard link into the package cache (spec: environment.md C.7). */
import path from 'node:path'
import type { StageContext } from '../../system/index.js'
import { cacheModified } from './errors.js'
import { mapConcurrently } from './map-concurrently.js'
import { markName } from './package-cache.js'
import type { InstalledPath, Prefix, PrefixRecord } from './types.js'

const parallelLooks = 32

/**
 * Looks at the cached file behind every linked file of a prefix. A package whose files changed since the prefix was made
 * is unpacked anew the next time it is needed, and a warning names it.
 * @returns names of the packages whose cached content was modified
 */
export async function checkLinkedFiles(prefix: Prefix, context: StageContext): Promise<readonly string[]> {
  const { fs } = context.system
  const state = await fs.stat(path.join(prefix.path, 'conda-meta', '.state.json'))
  if (!state) return []
  const modified: string[] = []
  for (const record of prefix.records) {
    const linked = record.paths_data.paths.filter(isLinked)
    const changes = await mapConcurrently(linked, parallelLooks, (file) =>
      findChange(record, file, { prefix: prefix.path, madeMs: state.mtimeMs, fs }),
    )
    const file = changes.find((change) => change !== undefined)
    if (file === undefined) continue
    modified.push(record.name)
    await fs.remove(path.join(record.extracted_package_dir, markName))
    context.emit({ type: 'warning', ...cacheModified(record.name, file) })
  }
  return modified
}

function isLinked(file: InstalledPath): boolean {
  return file.path_type === 'hardlink' && !file.no_link && file.sha256_in_prefix === undefined
}

interface Look {
  readonly prefix: string
  readonly madeMs: number
  readonly fs: StageContext['system']['fs']
}

/** The path when its content changed in place; a file that was replaced or removed leaves the cache as it was. */
async function findChange(
  record: PrefixRecord,
  file: InstalledPath,
  look: Look,
): Promise<string | undefined> {
  const info = await look.fs.lstat(path.join(look.prefix, file._path))
  if (info?.type !== 'file') return undefined
  const isTouched = info.mtimeMs > look.madeMs || (file.size_in_bytes ?? info.sizeBytes) !== info.sizeBytes
  if (!isTouched) return undefined
  const cached = await look.fs.lstat(path.join(record.extracted_package_dir, cachedPath(record, file)))
  const isShared = cached !== undefined && cached.inode === info.inode && cached.device === info.device
  return isShared ? file._path : undefined
}

/** Where the file lies in the package: noarch python packages do not know the directories of a prefix. */
function cachedPath(record: PrefixRecord, { _path, original_path: original = _path }: InstalledPath): string {
  if (record.noarch !== 'python') return original
  const modules = /^(?:.*\/)?(site-packages\/.*)$/.exec(original)?.[1]
  return modules ?? original.replace(/^(bin|Scripts)\//, 'python-scripts/')
}
