/** Decides how finished packages become part of a channel: the file first, its record after it (spec: package.md 7.4). */
import path from 'node:path'
import type { FileInfo, StageContext } from '../../system/index.js'
import { ambiguousPackage, packageExists } from './errors.js'
import { type IndexOptions, indexLocked, lockChannel } from './index-channel.js'
import { addedSuffix } from './remove-leftovers.js'
import type { ChannelIndex, ListedFile } from './types.js'

/** A complete package file somewhere else. */
export interface NewPackage extends ListedFile {
  /** Absolute; on the file system of the channel unless it is copied. */
  readonly file: string
}

export interface AddOptions extends Pick<IndexOptions, 'complete' | 'subdirs'> {
  /** `link` leaves the file where it is and shares its bytes, `copy` shares nothing. */
  readonly by: 'move' | 'link' | 'copy'
  /** What happens to another file of the same name; a file with the same bytes is no conflict. */
  readonly existing: 'replace' | 'refuse'
}

/**
 * Puts package files into a channel and indexes them. Each file appears complete, under its final name, and no reader
 * finds a record without its file. With `refuse` nothing is changed when one file is there already.
 * @throws BuildError `index/package-exists`, `index/ambiguous-package`, `index/...`, `system/...`
 */
export async function addPackages(
  channelDirectory: string,
  packages: readonly NewPackage[],
  options: AddOptions,
  context: StageContext,
): Promise<ChannelIndex> {
  return lockChannel(channelDirectory, context, () => addLocked(channelDirectory, packages, options, context))
}

/** `addPackages` for a caller who holds the lock. */
export async function addLocked(
  channelDirectory: string,
  packages: readonly NewPackage[],
  options: AddOptions,
  context: StageContext,
): Promise<ChannelIndex> {
  const placed = packages.map((item) => ({ ...item, target: targetOf(channelDirectory, item) }))
  refuseAmbiguous(placed)
  const replaced = await findReplaced(placed, context)
  const [first] = replaced
  if (first && options.existing === 'refuse') throw packageExists(first.target)
  const { complete, subdirs } = options
  if (first) {
    // Killed between the file and its record, the channel would promise other bytes than it has.
    const without = new Set(replaced.map(placeOf))
    await indexLocked(channelDirectory, { complete, subdirs, without }, context)
  }
  for (const item of placed) await place(item, options.by, context)
  return indexLocked(channelDirectory, { known: packages, complete, subdirs }, context)
}

interface PlacedPackage extends NewPackage {
  readonly target: string
}

/** Whichever came last would win, and the others would be lost. The same bytes twice are no conflict. */
function refuseAmbiguous(placed: readonly PlacedPackage[]): void {
  const seen = new Map<string, PlacedPackage>()
  for (const item of placed) {
    const other = seen.get(item.target)
    if (other && other.record.sha256 !== item.record.sha256) throw ambiguousPackage(other.file, item.file)
    seen.set(item.target, item)
  }
}

/** Those whose name another file has; a link to the same file is none. */
async function findReplaced(
  placed: readonly PlacedPackage[],
  { system }: StageContext,
): Promise<readonly PlacedPackage[]> {
  const replaced: PlacedPackage[] = []
  for (const item of placed) {
    const [own, there] = [await system.fs.lstat(item.file), await system.fs.lstat(item.target)]
    if (there && !isSameFile(there, own)) replaced.push(item)
  }
  return replaced
}

/** Inodes are counted on each file system anew. */
export function isSameFile(left: FileInfo, right: FileInfo | undefined): boolean {
  return left.inode === right?.inode && left.device === right.device
}

/** Where a package belongs in a channel. */
export function targetOf(channelDirectory: string, item: Pick<NewPackage, 'record' | 'fn'>): string {
  return path.join(channelDirectory, placeOf(item))
}

/** The same relative to the channel. */
export function placeOf({ record, fn }: Pick<NewPackage, 'record' | 'fn'>): string {
  return `${record.subdir}/${fn}`
}

async function place(
  { file, target }: { readonly file: string; readonly target: string },
  by: AddOptions['by'],
  { system }: StageContext,
): Promise<void> {
  const { fs, host } = system
  await fs.makeDirectory(path.dirname(target))
  if (by === 'move') return fs.rename(file, target)
  // Under the lock of the channel nobody else of this process can have the same name.
  const temporary = path.join(path.dirname(target), `.${path.basename(target)}.${host.pid}${addedSuffix}`)
  try {
    if (by === 'link') await fs.linkFiles([{ from: file, to: temporary }])
    else await fs.copyFile(file, temporary)
    await fs.rename(temporary, target)
  } finally {
    await fs.remove(temporary)
  }
}
