/** Stage 6: brings the sources of an output into its work directory and patches them (spec: build.md 7). */
import { createHash } from 'node:crypto'
import { basename, join, resolve } from 'node:path'
import { stripCredentials } from '../../conda/index.js'
import type {
  RenderedGitSource,
  RenderedPathSource,
  RenderedSource,
  RenderedUrlSource,
} from '../../recipe/index.js'
import type { StageContext, WalkEntry } from '../../system/index.js'
import type { Json } from '../../text/index.js'
import type { InstalledPlan } from '../install-prefixes/index.js'
import { applyPatches } from './apply-patch.js'
import { isArchiveName } from './archive-names.js'
import { copyTree, listTree, placeFile, resolveInWork, type WorkTree } from './copy-tree.js'
import { attestationSkipped, attestationUnverified, checksumUnused, pathMissing } from './errors.js'
import { fetchUrl } from './fetch-url.js'
import { checkOutGit } from './git.js'
import {
  extractCached,
  forgetUnreadable,
  openSourceCache,
  type SourceCache,
  storeStream,
} from './source-cache.js'
import { atSource } from './source-place.js'
import type { FetchedSource, PlacedSources, SourcedPlan, SourcePlan, SourceRequest } from './types.js'

export interface FetchSourcesOptions {
  /** Absolute; archives are kept below `sources/`. */
  readonly cacheDirectory: string
  /** Patches that fit only loosely are errors. */
  readonly strictPatches?: boolean | undefined
  /** Take sources whose attestation nobody verified; the checksum counts all the same. */
  readonly skipAttestation?: boolean | undefined
}

/**
 * Fetches, extracts, copies and patches all sources in order; writes `work/.source_info.json` when there are any.
 * @throws BuildError `source/...` and `archive/...`
 */
export async function fetchSources(
  plan: InstalledPlan,
  options: FetchSourcesOptions,
  context: StageContext,
): Promise<SourcedPlan> {
  const { id, recipePath, directories } = plan
  const { recipe, provenance } = plan.output
  const request = { id, recipePath, directories, requests: recipe.source ?? [], origins: provenance.origins }
  const { sources } = await placeSources(request, options, context)
  return { ...plan, sources }
}

/** The same for any list of sources. */
export async function placeSources(
  request: SourceRequest,
  options: FetchSourcesOptions,
  context: StageContext,
): Promise<PlacedSources> {
  const { fs } = context.system
  const { requests, origins = new Map(), ...plan } = request
  const { work } = plan.directories
  await fs.makeDirectory(work)
  const wasEmpty = (await fs.list(work)).length === 0
  const tree: WorkTree = { root: work, wasEmpty, owners: new Map() }
  const isStrict = options.strictPatches === true
  const cache = openSourceCache(options.cacheDirectory, context)
  const skipsAttestation = options.skipAttestation === true
  const fetching = { plan, context, tree, isStrict, skipsAttestation, cache }
  const sources: FetchedSource[] = []
  const extracted: Record<string, string> = {}
  for (const [index, request] of requests.entries()) {
    const { fetched, extractedPath, from } = await fetchSource(request, fetching).catch((error: unknown) => {
      throw atSource(error, { source: request, index, origins })
    })
    if (extractedPath !== undefined) extracted[String(index)] = extractedPath
    sources.push(fetched)
    const source = sourceName(request)
    context.emit({ type: 'source-fetched', output: plan.id, source, from, files: fetched.files })
  }
  if (requests.length > 0) await writeSourceInfo(sources, extracted, fetching)
  return { sources, owners: tree.owners }
}

interface Fetching {
  readonly isStrict: boolean
  readonly skipsAttestation: boolean
  readonly plan: SourcePlan
  readonly context: StageContext
  readonly tree: WorkTree
  readonly cache: SourceCache
}

interface Fetched {
  readonly fetched: FetchedSource
  readonly extractedPath?: string
  readonly from: 'cache' | 'network' | 'disk'
}

/** A source the way messages name it, without credentials. */
export function sourceName(source: RenderedSource): string {
  if ('git' in source) return stripCredentials(source.git)
  if ('path' in source) return source.path
  return stripCredentials(typeof source.url === 'string' ? source.url : (source.url[0] ?? ''))
}

async function fetchSource(request: RenderedSource, fetching: Fetching): Promise<Fetched> {
  const { plan, context, tree, isStrict } = fetching
  const target = resolveInWork(tree.root, 'target_directory', request.target_directory ?? '.')
  const kind = 'git' in request ? 'git repo' : 'path' in request ? 'path' : 'url'
  context.emit({
    type: 'note',
    output: plan.id,
    text: `Fetching source from ${kind}: ${sourceName(request)}`,
  })
  const result =
    'git' in request
      ? await fetchGitSource(request, target, fetching)
      : 'path' in request
        ? await fetchPathSource(request, target, fetching)
        : await fetchUrlSource(request, target, fetching)
  await applyPatches(request.patches ?? [], target, { plan, context, isStrict })
  return result
}

async function fetchUrlSource(
  source: RenderedUrlSource,
  target: string,
  fetching: Fetching,
): Promise<Fetched> {
  const { plan, cache } = fetching
  if (source.attestation !== undefined) checkAttestation(source, fetching)
  const { file, fileName, from } = await fetchUrl(source, plan.id, cache)
  const placed = await placeCached({ ...file, fileName }, source, { target, fetching })
  return { ...placed, fetched: { ...placed.fetched, source: withoutCredentials(toJson(source)) }, from }
}

/** Never silently accepted: what a recipe promises to its users has to be told when nobody looked. */
function checkAttestation(source: RenderedUrlSource, { plan, context, skipsAttestation }: Fetching): void {
  if (!skipsAttestation) throw attestationUnverified(sourceName(source))
  context.emit({ type: 'warning', output: plan.id, ...attestationSkipped(sourceName(source)) })
}

interface NamedFile {
  readonly sha256: string
  readonly path: string
  readonly fileName: string
}

/** Extracts a cached file into the work directory, or copies it when it is no archive or was given a name. */
async function placeCached(
  file: NamedFile,
  source: RenderedUrlSource | RenderedPathSource,
  { target, fetching }: { readonly target: string; readonly fetching: Fetching },
): Promise<Omit<Fetched, 'from'>> {
  const { context, tree, cache } = fetching
  const name = sourceName(source)
  const { sha256 } = file
  if (source.file_name === undefined && isArchiveName(file.fileName)) {
    const extractedPath = await extractCached(file, cache).catch(async (error: unknown) => {
      await forgetUnreadable(file, 'url' in source ? [source.url].flat() : [], cache)
      throw error
    })
    const request = { from: extractedPath, to: target, source: name, filter: source.filter, never: [] }
    const files = await copyTree({ ...request, useGitignore: false }, tree, context)
    return { fetched: { source: toJson(source), sha256, files }, extractedPath }
  }
  const to = resolveInWork(target, 'file_name', source.file_name ?? file.fileName)
  await placeFile(file.path, to, { source: name, tree, context })
  return { fetched: { source: toJson(source), sha256, files: 1 } }
}

async function fetchPathSource(
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

async function fetchGitSource(
  source: RenderedGitSource,
  target: string,
  fetching: Fetching,
): Promise<Fetched> {
  const { plan, context, tree } = fetching
  const { fs } = context.system
  const checkout = await fs.makeTempDirectory(plan.directories.build, '.checkout-')
  try {
    const { commit, directory } = await checkOutGit(source, join(checkout, 'tree'), { plan, context })
    const request = { from: directory, to: target, source: sourceName(source), filter: source.filter }
    const files = await copyTree({ ...request, useGitignore: false, never: [] }, tree, context)
    const used = withoutCredentials({ ...toJson(source), rev: commit })
    const sha256 = createHash('sha256').update(JSON.stringify(used)).digest('hex')
    return { fetched: { source: used, sha256, files }, from: 'network' }
  } finally {
    await fs.remove(checkout)
  }
}

/** Read by `create-patch`, which compares the work directory with the extracted source. */
async function writeSourceInfo(
  sources: readonly FetchedSource[],
  extracted: Readonly<Record<string, string>>,
  { plan, context, cache }: Fetching,
): Promise<void> {
  const info = {
    recipe_path: plan.recipePath,
    source_cache: cache.root,
    sources: sources.map(({ source }) => source),
    ...(Object.keys(extracted).length > 0 && { extracted_paths: extracted }),
  }
  await context.system.fs.writeFileAtomic(
    join(plan.directories.work, '.source_info.json'),
    `${JSON.stringify(info, null, 2)}\n`,
  )
}

/** A rendered source is plain data already; only its type says more than JSON does. */
function toJson(source: RenderedSource): { readonly [key: string]: Json } {
  return JSON.parse(JSON.stringify(source)) as { readonly [key: string]: Json }
}

function withoutCredentials(source: { readonly [key: string]: Json }): { readonly [key: string]: Json } {
  const clean = (value: Json): Json => (typeof value === 'string' ? stripCredentials(value) : value)
  const isList = (value: Json): value is readonly Json[] => Array.isArray(value)
  const entries = Object.entries(source).map(([key, value]): [string, Json] => {
    if (key !== 'url' && key !== 'git') return [key, value]
    return [key, isList(value) ? value.map(clean) : clean(value)]
  })
  return Object.fromEntries(entries)
}
