/** Fetched files by their content, each with its extracted tree; shared by all builds that use the directory. */
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { extractArchive } from '../../archive/index.js'
import { download, type HttpResponse, type StageContext } from '../../system/index.js'
import { withLock } from '../install-prefixes/index.js'
import { forgetKnownUrl } from './known-urls.js'
import { checkSums, createSums, type ExpectedSums } from './sums.js'

export interface SourceCache {
  /** Absolute. */
  readonly root: string
  readonly context: StageContext
}

/** A file in the cache. */
export interface CachedFile {
  readonly sha256: string
  readonly path: string
}

/** Opens the cache in a directory. */
export function openSourceCache(cacheDirectory: string, context: StageContext): SourceCache {
  return { root: join(cacheDirectory, 'sources'), context }
}

/** The file with this SHA-256, if it was fetched before. */
export async function findCached(
  sha256: string,
  { root, context }: SourceCache,
): Promise<CachedFile | undefined> {
  const path = join(placeOf(sha256, root), 'archive')
  return (await context.system.fs.stat(path)) === undefined ? undefined : { sha256, path }
}

/**
 * Stores a stream: hashed on its way, checked, and only then visible.
 * @param shown the file in messages
 * @throws BuildError `source/checksum`
 */
export async function storeStream(
  content: AsyncIterable<Uint8Array>,
  expected: ExpectedSums & { readonly shown: string },
  cache: SourceCache,
): Promise<CachedFile> {
  const { fs } = cache.context.system
  await fs.makeDirectory(join(cache.root, 'tmp'))
  const temporary = await fs.makeTempDirectory(join(cache.root, 'tmp'), 'fetch-')
  try {
    const sha256 = createHash('sha256')
    const md5 = createHash('md5')
    const hashed = async function* () {
      for await (const chunk of content) {
        sha256.update(chunk)
        md5.update(chunk)
        yield chunk
      }
    }
    const file = fs.createWriteStream(join(temporary, 'archive'), { flush: true })
    await pipeline(hashed(), file, { signal: cache.context.signal })
    const actual = { sha256: sha256.digest('hex'), md5: md5.digest('hex') }
    checkSums(expected, actual)
    return await publishFile(temporary, actual.sha256, cache)
  } finally {
    await fs.remove(temporary)
  }
}

/** @param directory holds the file as `archive` and nothing else */
async function publishFile(directory: string, sha256: string, cache: SourceCache): Promise<CachedFile> {
  const place = placeOf(sha256, cache.root)
  await publish(directory, place, cache)
  return { sha256, path: join(place, 'archive') }
}

/**
 * Downloads into the cache; what an earlier run left of the same URL is continued. An answer without content comes back
 * as it is.
 * @param onBytes called with how many bytes there are so far
 * @throws BuildError `source/checksum`, `system/request-failed`
 */
export async function storeDownload(
  { url, headers, onBytes }: StoreRequest,
  expected: ExpectedSums & { readonly shown: (response: HttpResponse) => string },
  cache: SourceCache,
): Promise<{ readonly response: HttpResponse; readonly file: CachedFile | undefined }> {
  const { system, signal } = cache.context
  const name = createHash('sha256').update(url).digest('hex')
  const directory = join(cache.root, 'dl', name)
  return withLock(join(cache.root, 'locks', `${name.slice(0, 32)}.lock`), cache.context, async () => {
    await system.fs.makeDirectory(directory)
    const sums = createSums(onBytes)
    const part = join(directory, 'archive')
    const response = await download({ url, headers, file: part, signal, consume: sums }, system)
    if (response.status !== 200) return { response, file: undefined }
    const actual = sums.result()
    try {
      checkSums({ ...expected, shown: expected.shown(response) }, actual)
      return { response, file: await publishFile(directory, actual.sha256, cache) }
    } finally {
      await system.fs.remove(directory)
    }
  })
}

export interface StoreRequest {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly onBytes: (done: number) => void
}

/** The checksums of a file that is there. */
export async function hashFile(
  { path }: CachedFile,
  { context }: SourceCache,
): Promise<{ readonly sha256: string; readonly md5: string }> {
  const sums = createSums(() => {})
  for await (const chunk of context.system.fs.createReadStream(path)) sums.update(chunk as Buffer)
  return sums.result()
}

/**
 * An archive that cannot be read is not asked for with "if it changed" the next time; when it is not even what was
 * stored, it goes.
 */
export async function forgetUnreadable(
  file: CachedFile,
  urls: readonly string[],
  cache: SourceCache,
): Promise<void> {
  const { fs } = cache.context.system
  for (const url of urls) await forgetKnownUrl(url, cache)
  if ((await hashFile(file, cache)).sha256 !== file.sha256) await fs.remove(placeOf(file.sha256, cache.root))
}

/**
 * The extracted content of a cached archive; a single top-level directory is stripped. Extracted once.
 * @throws BuildError `archive/...`
 */
export async function extractCached(file: CachedFile, cache: SourceCache): Promise<string> {
  const { fs } = cache.context.system
  const tree = join(placeOf(file.sha256, cache.root), 'tree')
  if ((await fs.stat(tree)) === undefined) {
    await fs.makeDirectory(join(cache.root, 'tmp'))
    const temporary = await fs.makeTempDirectory(join(cache.root, 'tmp'), 'extract-')
    try {
      const extracted = join(temporary, 'tree')
      await extractArchive(file.path, extracted, cache.context)
      await publish(extracted, tree, cache)
    } finally {
      await fs.remove(temporary)
    }
  }
  const entries = await fs.list(tree)
  const [only] = entries
  if (entries.length !== 1 || only === undefined) return tree
  return (await fs.lstat(join(tree, only)))?.type === 'directory' ? join(tree, only) : tree
}

function placeOf(sha256: string, root: string): string {
  return join(root, 'sha256', sha256.slice(0, 2), sha256)
}

/** Moves a complete directory to its final name; when another build was faster, its result is as good as ours. */
async function publish(from: string, to: string, { context }: SourceCache): Promise<void> {
  const { fs } = context.system
  if ((await fs.stat(to)) !== undefined) return
  await fs.makeDirectory(join(to, '..'))
  try {
    await fs.rename(from, to)
  } catch (error) {
    if ((await fs.stat(to)) === undefined) throw error
  }
}
