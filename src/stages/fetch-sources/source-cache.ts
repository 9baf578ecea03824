/** Fetched files by their content, each with its extracted tree; shared by all builds that use the directory. */
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { extractArchive } from '../../archive/index.js'
import type { StageContext } from '../../system/index.js'
import { checksumMismatch } from './errors.js'

export interface SourceCache {
  /** Absolute. */
  readonly root: string
  readonly context: StageContext
}

/** Checksums as the recipe gives them. */
export interface ExpectedSums {
  readonly sha256?: string | undefined
  readonly md5?: string | undefined
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
    const place = placeOf(actual.sha256, cache.root)
    await publish(temporary, place, cache)
    return { sha256: actual.sha256, path: join(place, 'archive') }
  } finally {
    await fs.remove(temporary)
  }
}

/** Refuses when a given checksum is another one. */
export function checkSums(
  expected: ExpectedSums & { readonly shown: string },
  actual: { readonly sha256: string; readonly md5: string },
): void {
  for (const algorithm of ['sha256', 'md5'] as const) {
    const wanted = expected[algorithm]?.toLowerCase()
    if (wanted !== undefined && wanted !== actual[algorithm])
      throw checksumMismatch(expected.shown, algorithm, { expected: wanted, actual: actual[algorithm] })
  }
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

/** What is known about a URL without a checksum in the recipe. */
export interface KnownUrl {
  readonly sha256: string
  readonly etag?: string
  readonly lastModified?: string
  readonly fileName: string
}

/** What the last fetch of a URL brought. */
export async function readKnownUrl(
  url: string,
  { root, context }: SourceCache,
): Promise<KnownUrl | undefined> {
  const { fs } = context.system
  const path = knownUrlPath(url, root)
  if ((await fs.stat(path)) === undefined) return undefined
  try {
    const known: unknown = JSON.parse(await fs.readText(path))
    return isKnownUrl(known) ? known : undefined
  } catch {
    // A damaged note only costs another download.
    return undefined
  }
}

/** Remembers what a URL brought. */
export async function writeKnownUrl(
  url: string,
  known: KnownUrl,
  { root, context }: SourceCache,
): Promise<void> {
  const { fs } = context.system
  await fs.makeDirectory(join(root, 'urls'))
  await fs.writeFileAtomic(knownUrlPath(url, root), JSON.stringify(known))
}

function isKnownUrl(value: unknown): value is KnownUrl {
  if (typeof value !== 'object' || value === null) return false
  const { sha256, fileName } = value as { sha256?: unknown; fileName?: unknown }
  return typeof sha256 === 'string' && /^[0-9a-f]{64}$/.test(sha256) && typeof fileName === 'string'
}

/** URLs may hold passwords, so only their hash becomes a file name. */
function knownUrlPath(url: string, root: string): string {
  return join(root, 'urls', `${createHash('sha256').update(url).digest('hex')}.json`)
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
