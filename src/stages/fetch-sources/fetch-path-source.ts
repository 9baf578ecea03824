/** Copies a path source: a directory, a file, or an archive, which is extracted (spec: build.md 7.2). */
import { createHash } from 'node:crypto'
import { basename, join, resolve } from 'node:path'
import type { RenderedPathSource } from '../../recipe/index.js'
import type { StageContext, WalkEntry } from '../../system/index.js'
import { copyTree, listTree, resolveInWork } from './copy-tree.js'
import { checksumUnused, pathMissing } from './errors.js'
import { type Fetched, type Fetching, toJson } from './fetching.js'
import { placeCached } from './place-cached.js'
import { openSourceCache, type SourceCache, storeStream } from './source-cache.js'
import type { FetchSourcesOptions, SourcePlan } from './types.js'

/** @param target absolute, inside the work directory */
export async function fetchPathSource(
  source: RenderedPathSource,
  target: string,
  fetching: Fetching,
): Promise<Fetched> {
  const { plan, context, tree, cache } = fetching
  const { fs } = context.system
  const resolved = resolve(plan.directories.recipe, source.path)
  const info = await fs.stat(resolved)
  if (info === undefined) throw pathMissing(source.path, resolved)
  if (info.type === 'file') {
    const { sha256, md5 } = source
    const file = await storeStream(fs.createReadStream(resolved), { sha256, md5, shown: resolved }, cache)
    const placed = await placeCached({ ...file, fileName: basename(resolved) }, source, { target, fetching })
    if (placed.extractedPath === undefined) await keepMode(info.mode, source, { target, resolved, context })
    return { ...placed, from: 'disk' }
  }
  if (source.sha256 !== undefined || source.md5 !== undefined)
    context.emit({ type: 'warning', output: plan.id, ...checksumUnused(source.path) })
  const hash = createHash('sha256')
  const selection = pathSelection(source, plan, cache)
  const files = await copyTree({ ...selection, to: target, source: source.path, hash }, tree, context)
  return { fetched: { source: toJson(source), sha256: hash.digest('hex'), files }, from: 'disk' }
}

function pathSelection(source: RenderedPathSource, { directories }: SourcePlan, { root }: SourceCache) {
  return {
    from: resolve(directories.recipe, source.path),
    filter: source.filter,
    useGitignore: source.use_gitignore ?? true,
    never: [directories.output, directories.build, root],
  }
}

/** A file, link or directory that a path source brings. */
export interface SourceOrigin {
  /** Absolute. */
  readonly path: string
  readonly type: WalkEntry['type']
}

/** Everything that a path source would be copied from, without copying it; undefined when there is nothing. */
export async function listPathSource(
  source: RenderedPathSource,
  plan: SourcePlan,
  { options, context }: { readonly options: FetchSourcesOptions; readonly context: StageContext },
): Promise<readonly SourceOrigin[] | undefined> {
  const { fs } = context.system
  const selection = pathSelection(source, plan, openSourceCache(options.cacheDirectory, context))
  const info = await fs.stat(selection.from)
  if (info === undefined) return undefined
  if (info.type !== 'directory') return [{ path: await fs.realPath(selection.from), type: info.type }]
  const { root, wanted } = await listTree(selection, fs)
  return wanted.map(({ path, type }) => ({ path: join(root, path), type }))
}

interface PlacedFile {
  readonly target: string
  readonly resolved: string
  readonly context: StageContext
}

/** A local script stays executable. */
async function keepMode(mode: number, source: RenderedPathSource, file: PlacedFile): Promise<void> {
  const to = resolveInWork(file.target, 'file_name', source.file_name ?? basename(file.resolved))
  await file.context.system.fs.chmod(to, mode | 0o200)
}
