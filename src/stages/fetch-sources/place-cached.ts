/** Brings a file of the cache into the work directory. */
import type { RenderedPathSource, RenderedUrlSource } from '../../recipe/index.js'
import { isArchiveName } from './archive-names.js'
import { copyTree, placeFile, resolveInWork } from './copy-tree.js'
import { type Fetched, type Fetching, sourceName, toJson } from './fetching.js'
import { extractCached, forgetUnreadable } from './source-cache.js'

export interface NamedFile {
  readonly sha256: string
  readonly path: string
  readonly fileName: string
}

/** Extracts a cached file into the work directory, or copies it when it is no archive or was given a name. */
export async function placeCached(
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
