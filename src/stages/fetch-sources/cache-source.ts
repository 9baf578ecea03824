/** Brings a source into the cache without a build, so that builds need no network (spec: build.md 7.6). */
import { createHash } from 'node:crypto'
import { join, resolve } from 'node:path'
import type { RenderedSource } from '../../recipe/index.js'
import type { StageContext } from '../../system/index.js'
import { checkOutGit } from './check-out-git.js'
import { notSupportedYet, patchMissing, pathMissing } from './errors.js'
import { fetchUrl } from './fetch-url.js'
import { sourceName } from './fetching.js'
import { openSourceCache } from './source-cache.js'
import type { FetchSourcesOptions, SourcePlan } from './types.js'

/** What the cache has now. */
export interface CachedSource {
  readonly kind: 'url' | 'git' | 'path'
  /** The URL or path that the recipe names, without credentials. */
  readonly source: string
  /** Where it came from now: `disk` for path sources, which are not kept. */
  readonly from: 'cache' | 'network' | 'disk'
  /** Of the file of an url source, in hexadecimal. */
  readonly sha256?: string
  /** Of a git source: all 40 digits. */
  readonly commit?: string
  /** Absolute path of the file of an url or path source. */
  readonly file?: string
}

/** @throws BuildError `source/...` when the source or one of its patches cannot be had */
export async function cacheSource(
  source: RenderedSource,
  plan: SourcePlan,
  { options, context }: { readonly options: FetchSourcesOptions; readonly context: StageContext },
): Promise<CachedSource> {
  const { fs } = context.system
  await checkPatches(source, plan, context)
  const shown = sourceName(source)
  if ('git' in source) {
    await fs.makeDirectory(plan.directories.output)
    const parent = await fs.makeTempDirectory(plan.directories.output, '.checkout-')
    try {
      const { commit } = await checkOutGit(source, join(parent, 'tree'), { plan, context })
      return { kind: 'git', source: shown, from: 'network', commit }
    } finally {
      await fs.remove(parent)
    }
  }
  if ('path' in source) {
    const resolved = resolve(plan.directories.recipe, source.path)
    const info = await fs.stat(resolved)
    if (info === undefined) throw pathMissing(source.path, resolved)
    return { kind: 'path', source: shown, from: 'disk', ...(info.type === 'file' && { file: resolved }) }
  }
  const { file, from } = await fetchUrl(source, plan.id, openSourceCache(options.cacheDirectory, context))
  return { kind: 'url', source: shown, from, sha256: file.sha256, file: file.path }
}

/** Those of other sources are not there before these are. */
async function checkPatches(source: RenderedSource, plan: SourcePlan, context: StageContext): Promise<void> {
  for (const patch of source.patches ?? []) {
    const isLate = patch.includes('${{')
    const path = resolve(plan.directories.recipe, patch)
    if (!isLate && (await context.system.fs.stat(path))?.type !== 'file') throw patchMissing(patch)
  }
}

/** The same for sources that bring the same bytes, whatever is done with them afterwards. */
export function sourceIdentity(source: RenderedSource): string {
  const { target_directory: _, filter: __, patches, ...rest } = source
  return createHash('sha256')
    .update(JSON.stringify([rest, patches]))
    .digest('hex')
}

/** A checksum of the file that a cached source is. @throws BuildError `source/not-supported` for what is no file */
export async function hashCached(
  source: CachedSource,
  algorithm: 'sha256' | 'md5',
  { system }: Pick<StageContext, 'system'>,
): Promise<string> {
  if (algorithm === 'sha256' && source.sha256 !== undefined) return source.sha256
  if (source.file === undefined) throw notSupportedYet(`a checksum of \`${source.source}\`, which is no file`)
  const hash = createHash(algorithm)
  for await (const chunk of system.fs.createReadStream(source.file)) hash.update(chunk as Buffer)
  return hash.digest('hex')
}
