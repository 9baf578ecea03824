/** Reads everything a package holds, entry by entry, without unpacking it. */
import type { StageContext } from '../system/index.js'
import { cleanEntryName } from './entry-path.js'
import { archiveTooLarge, unsafeEntry } from './errors.js'
import { decodeFailure } from './extract-tar.js'
import { defaultLimits, type ExtractLimits } from './extraction.js'
import { openPackage } from './package-parts.js'
import { readTar } from './read-tar.js'

/** One entry of a package; its path is clean: relative, `/`-separated, without `.` and `..`. */
export interface PackageEntry {
  readonly path: string
  readonly type: 'file' | 'directory' | 'symlink' | 'hardlink'
  /** Permission bits. */
  readonly mode: number
  readonly sizeBytes: number
  /** Of links, as it is written; of hard links a clean path. */
  readonly linkTarget: string
  /** Must be read, or skipped, before the next entry comes. */
  readonly content: AsyncIterable<Uint8Array>
}

type ReadContext = Pick<StageContext, 'system' | 'signal'> & { readonly limits?: ExtractLimits }

/**
 * All entries in the order of the archive, of both formats. What unpacking would refuse is refused here too: names that
 * leave the package, devices, and archives that unpack to more than an honest one.
 * @throws BuildError `archive/...`
 */
export async function* readPackageEntries(
  archivePath: string,
  context: ReadContext,
): AsyncGenerator<PackageEntry> {
  const parts = await openPackage(archivePath, context.system)
  const limits = context.limits ?? defaultLimits
  const totals = { entries: 0, bytes: 0 }
  try {
    for (const open of parts.kind === 'conda' ? [parts.info, parts.pkg] : [parts.all]) {
      for await (const entry of readTar(await open(), archivePath)) {
        context.signal.throwIfAborted()
        totals.entries += 1
        totals.bytes += entry.sizeBytes
        refuseBomb(archivePath, totals, limits)
        const path = cleanPath(archivePath, entry.name)
        if (path === '') continue
        const { type, mode, sizeBytes, content } = entry
        const linkTarget = type === 'hardlink' ? cleanPath(archivePath, entry.linkTarget) : entry.linkTarget
        yield { path, type, mode: mode & 0o777, sizeBytes, linkTarget, content }
      }
    }
  } catch (error) {
    throw decodeFailure(archivePath, error)
  }
}

function cleanPath(archive: string, name: string): string {
  const path = cleanEntryName(name)
  if (path === undefined) throw unsafeEntry(archive, name, 'leaves the destination')
  return path
}

function refuseBomb(
  archive: string,
  totals: { readonly entries: number; readonly bytes: number },
  limits: ExtractLimits,
): void {
  if (totals.entries > limits.entries) throw archiveTooLarge(archive, `more than ${limits.entries} entries`)
  if (totals.bytes > limits.bytes) throw archiveTooLarge(archive, `more than ${limits.bytes} bytes`)
}
