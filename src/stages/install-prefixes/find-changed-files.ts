/** Decides which files of installed packages are not what was installed (spec: package.md 1.1). */
import { createHash } from 'node:crypto'
import path from 'node:path'
import type { StageContext } from '../../system/index.js'
import { mapConcurrently } from './map-concurrently.js'
import type { InstalledPath, Prefix } from './types.js'

export interface ChangedFile {
  /** Name of the package it belongs to. */
  readonly package: string
  /** Relative to the prefix. */
  readonly path: string
  readonly change: 'changed' | 'removed'
}

const parallelLooks = 32

/** Compares sizes and times first; only what was touched is read. Links and directories are not looked at. */
export async function findChangedFiles(
  prefix: Prefix,
  context: StageContext,
): Promise<readonly ChangedFile[]> {
  const state = await context.system.fs.stat(path.join(prefix.path, 'conda-meta', '.state.json'))
  if (!state) return []
  const owned = prefix.records.flatMap((record) =>
    record.paths_data.paths
      .filter(({ path_type: type }) => type === 'hardlink')
      .map((file) => ({ package: record.name, file })),
  )
  const found = await mapConcurrently(owned, parallelLooks, async ({ package: name, file }) => {
    const change = await changeOf(file, { prefix: prefix.path, madeMs: state.mtimeMs, context })
    return change === undefined ? [] : [{ package: name, path: file._path, change }]
  })
  return found.flat()
}

interface Look {
  readonly prefix: string
  readonly madeMs: number
  readonly context: StageContext
}

async function changeOf(
  file: InstalledPath,
  { prefix, madeMs, context }: Look,
): Promise<ChangedFile['change'] | undefined> {
  const { fs } = context.system
  const place = path.join(prefix, file._path)
  const info = await fs.lstat(place)
  if (info === undefined) return 'removed'
  if (info.type !== 'file') return 'changed'
  const expected = file.sha256_in_prefix ?? file.sha256
  if (expected === undefined || info.mtimeMs <= madeMs) return undefined
  const hash = createHash('sha256')
  for await (const chunk of fs.createReadStream(place)) hash.update(chunk as Buffer)
  return hash.digest('hex') === expected ? undefined : 'changed'
}
