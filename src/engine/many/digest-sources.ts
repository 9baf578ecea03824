/** Decides whether sources that lie outside of a recipe's directory are still the same: by what would be copied of them. */
import { createHash, type Hash } from 'node:crypto'
import path from 'node:path'
import { isBuildError } from '../../errors/index.js'
import type { RenderedPathSource, RenderedSource } from '../../recipe/index.js'
import { type FetchSourcesOptions, listPathSource } from '../../stages/fetch-sources/index.js'
import type { BuildPlan } from '../../stages/plan-builds/index.js'
import { canonicalJson } from '../../text/index.js'
import type { BuildContext } from '../context.js'

export interface SourcesDigestRequest {
  readonly options: Pick<FetchSourcesOptions, 'cacheDirectory'>
  readonly context: BuildContext
  /** What was read for other outputs of the run. */
  readonly known: Map<string, Promise<string>>
}

/** SHA-256 for each `path:` source and each patch that is not below the directory of the recipe, in the order of the sources. */
export async function digestOutsideSources(
  plan: BuildPlan,
  request: SourcesDigestRequest,
): Promise<readonly string[]> {
  const { recipe } = plan.directories
  const isOutside = (given: string) =>
    /^\.\.(?:[/\\]|$)/.test(path.relative(recipe, path.resolve(recipe, given)))
  const sources = plan.output.recipe.source ?? []
  const outside = sources.flatMap((source) => readPaths(source).filter(({ path: given }) => isOutside(given)))
  return Promise.all(
    outside.map((source) => {
      const key = canonicalJson([path.resolve(recipe, source.path), source.filter, source.use_gitignore])
      const digest = request.known.get(key) ?? digestSource(source, plan, request)
      request.known.set(key, digest)
      return digest
    }),
  )
}

/** What a source reads of this machine's files, each as a source of its own. */
function readPaths(source: RenderedSource): readonly RenderedPathSource[] {
  const patches = (source.patches ?? []).map((patch): RenderedPathSource => ({ path: patch }))
  return 'path' in source ? [source, ...patches] : patches
}

async function digestSource(
  source: RenderedPathSource,
  plan: BuildPlan,
  { options, context }: SourcesDigestRequest,
): Promise<string> {
  const from = path.resolve(plan.directories.recipe, source.path)
  const hash = createHash('sha256')
  try {
    const origins = await listPathSource(source, plan, { options, context })
    for (const origin of origins ?? []) {
      context.signal.throwIfAborted()
      hash.update(`${origin.type}\0${path.relative(from, origin.path)}\0`)
      if (origin.type !== 'directory') await digestFile(origin.path, hash, context)
    }
  } catch (error) {
    // What is wrong with it is told when it is fetched.
    if (!isBuildError(error)) throw error
    hash.update(error.code)
  }
  return hash.digest('hex')
}

async function digestFile(file: string, hash: Hash, { system }: BuildContext): Promise<void> {
  const { fs } = system
  const info = await fs.lstat(file)
  if (info?.type === 'symlink') hash.update(await fs.readLink(file))
  if (info?.type !== 'file') return
  hash.update(`${info.mode & 0o100}\0${info.sizeBytes}\0`)
  for await (const chunk of fs.createReadStream(file)) hash.update(chunk as Buffer)
}
