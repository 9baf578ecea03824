/** What URLs without a checksum in the recipe brought the last time, so that servers can be asked for changes only. */
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { SourceCache } from './source-cache.js'

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

/** Forgets it. */
export async function forgetKnownUrl(url: string, { root, context }: SourceCache): Promise<void> {
  await context.system.fs.remove(knownUrlPath(url, root))
}

/** URLs may hold passwords, so only their hash becomes a file name. */
function knownUrlPath(url: string, root: string): string {
  return join(root, 'urls', `${createHash('sha256').update(url).digest('hex')}.json`)
}
