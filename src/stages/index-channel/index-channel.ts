/** Decides which subdirs of a channel are indexed, and writes their repodata.json (spec: package.md 7). */
import path from 'node:path'
import { knownSubdirs, type PackageRecord } from '../../conda/index.js'
import type { StageContext } from '../../system/index.js'
import { withLock } from '../install-prefixes/index.js'
import { unknownSubdir, unusablePackage } from './errors.js'
import { readSubdir } from './read-subdir.js'
import type { ChannelIndex, SubdirIndex } from './types.js'
import { writeRepodata } from './write-repodata.js'

export interface IndexOptions {
  /** Subdirs to index besides `noarch`; all that exist when absent. Missing ones are created. */
  readonly subdirs?: readonly string[] | undefined
  /** Also writes repodata.json.zst; one that exists is kept up to date in any case. */
  readonly compress?: boolean | undefined
  /** Records of files that were just written, by subdir and file name: those files are not read again. */
  readonly known?: readonly { readonly fn: string; readonly record: PackageRecord }[] | undefined
  /** Reads every file again. */
  readonly force?: boolean | undefined
}

/**
 * Brings the index of a channel in line with its files. A file that cannot be read is left out with a warning and stops
 * nothing else. Writers of the same channel wait for each other; readers see the old index or the new one.
 * @param channelDirectory absolute
 * @throws BuildError `index/...`, `system/...`
 */
export async function indexChannel(
  channelDirectory: string,
  options: IndexOptions,
  context: StageContext,
): Promise<ChannelIndex> {
  const unknown = options.subdirs?.find((subdir) => !isSubdir(subdir))
  if (unknown !== undefined) throw unknownSubdir(unknown)
  return lockChannel(channelDirectory, context, () => indexLocked(channelDirectory, options, context))
}

/** Runs `action` while no other krait writes into the channel, which is created when it is missing. */
export async function lockChannel<T>(
  channelDirectory: string,
  context: StageContext,
  action: () => Promise<T>,
): Promise<T> {
  await context.system.fs.makeDirectory(channelDirectory)
  return withLock(path.join(channelDirectory, '.index.lock'), context, action)
}

/** `indexChannel` for a caller who holds the lock. */
export async function indexLocked(
  channelDirectory: string,
  options: IndexOptions,
  context: StageContext,
): Promise<ChannelIndex> {
  const wanted = options.subdirs ?? (await existingSubdirs(channelDirectory, context))
  const names = ['noarch', ...wanted.filter((subdir) => subdir !== 'noarch').sort()]
  const subdirs: SubdirIndex[] = []
  for (const subdir of new Set(names)) {
    subdirs.push(await indexSubdir({ channelDirectory, subdir, options }, context))
  }
  return { directory: channelDirectory, subdirs }
}

function isSubdir(name: string): boolean {
  return name === 'noarch' || knownSubdirs.includes(name)
}

async function existingSubdirs(
  channelDirectory: string,
  { system }: StageContext,
): Promise<readonly string[]> {
  return (await system.fs.list(channelDirectory)).filter(isSubdir)
}

interface SubdirRequest {
  readonly channelDirectory: string
  readonly subdir: string
  readonly options: IndexOptions
}

async function indexSubdir(
  { channelDirectory, subdir, options }: SubdirRequest,
  context: StageContext,
): Promise<SubdirIndex> {
  const directory = path.join(channelDirectory, subdir)
  await context.system.fs.makeDirectory(directory)
  const known = (options.known ?? []).filter(({ record }) => record.subdir === subdir)
  const { records, quarantined } = await readSubdir(
    { directory, subdir, known, force: options.force },
    context,
  )
  for (const { fn, reason } of quarantined) {
    const { code, message, hint } = unusablePackage(`\`${subdir}/${fn}\` is left out of the index: ${reason}`)
    context.emit({ type: 'warning', code, message, ...(hint && { hint }) })
  }
  const isChanged = await writeRepodata({ directory, subdir, records, compress: options.compress }, context)
  context.emit({ type: 'channel-indexed', channel: channelDirectory, subdir, records: records.length })
  return { subdir, records: records.length, isChanged, quarantined }
}
