/** Stage 6: brings the sources of an output into its work directory and patches them (spec: build.md 7). */
import { join } from 'node:path'
import type { RenderedSource } from '../../recipe/index.js'
import type { StageContext } from '../../system/index.js'
import type { InstalledPlan } from '../install-prefixes/index.js'
import { applyPatches } from './apply-patch.js'
import { resolveInWork } from './copy-tree.js'
import { fetchGitSource } from './fetch-git-source.js'
import { fetchPathSource } from './fetch-path-source.js'
import { fetchUrlSource } from './fetch-url-source.js'
import { type Fetched, type Fetching, sourceName } from './fetching.js'
import { openSourceCache } from './source-cache.js'
import { atSource } from './source-place.js'
import type {
  FetchedSource,
  FetchSourcesOptions,
  PlacedSources,
  SourcedPlan,
  SourceRequest,
} from './types.js'
import { createWorkTree } from './work-tree.js'

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
  const tree = createWorkTree(work, wasEmpty)
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
