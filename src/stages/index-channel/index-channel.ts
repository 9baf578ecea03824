/** Decides which subdirs of a channel are indexed, and writes their repodata.json (spec: package.md 7). */
import path from 'node:path'
import { knownSubdirs } from '../../conda/index.js'
import type { StageContext } from '../../system/index.js'
import { withLock } from '../install-prefixes/index.js'
import { unknownSubdir, unusablePackage } from './errors.js'
import { type ListedFile, readSubdir } from './read-subdir.js'
import type { ChannelIndex, SubdirIndex } from './types.js'
import { channeldataPath, type SubdirRecords, writeChanneldata } from './write-channeldata.js'
import { writeRepodata } from './write-repodata.js'
import { runExportsPath, writeRunExports } from './write-run-exports.js'
import { hasShards, type ShardsRequest, writeShards } from './write-shards.js'

export interface IndexOptions {
  /** Subdirs to index besides `noarch`; all that exist when absent. Missing ones are created. */
  readonly subdirs?: readonly string[] | undefined
  /**
   * Also writes everything that servers of channels offer: repodata.json.zst, shards, run_exports.json, channeldata.json.
   * What exists of them is kept up to date in any case.
   */
  readonly complete?: boolean | undefined
  /** Records of files that were just written, by subdir and file name: those files are not read again. */
  readonly known?: readonly ListedFile[] | undefined
  /** Reads every file again. */
  readonly force?: boolean | undefined
  /** File names that count as gone. */
  readonly without?: ReadonlySet<string> | undefined
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
  const { fs } = context.system
  const wanted = options.subdirs ?? (await existingSubdirs(channelDirectory, context))
  const names = ['noarch', ...wanted.filter((subdir) => subdir !== 'noarch').sort()]
  const withFacts = options.complete || (await fs.stat(channeldataPath(channelDirectory))) !== undefined
  const subdirs: IndexedSubdir[] = []
  for (const subdir of new Set(names)) {
    subdirs.push(await indexSubdir({ channelDirectory, subdir, options, withFacts }, context))
  }
  if (withFacts) {
    const others = await readOthers(channelDirectory, subdirs, context)
    await writeChanneldata(channelDirectory, [...subdirs, ...others], context)
  }
  return {
    directory: channelDirectory,
    subdirs: subdirs.map(({ records, ...rest }) => ({ ...rest, records: records.length })),
  }
}

/** The subdirs that were not indexed now; channeldata.json is about all. */
async function readOthers(
  channelDirectory: string,
  indexed: readonly IndexedSubdir[],
  context: StageContext,
): Promise<readonly SubdirRecords[]> {
  const all = await existingSubdirs(channelDirectory, context)
  const others = all.filter((subdir) => !indexed.some((item) => item.subdir === subdir))
  return Promise.all(
    others.map(async (subdir) => {
      const directory = path.join(channelDirectory, subdir)
      const { records } = await readSubdir({ directory, subdir, known: [], withFacts: true }, context)
      return { subdir, records }
    }),
  )
}

function isSubdir(name: string): boolean {
  return name === 'noarch' || knownSubdirs.includes(name)
}

/** Sorted; every subdir that is there, with an index or without. */
export async function existingSubdirs(
  channelDirectory: string,
  { system }: StageContext,
): Promise<readonly string[]> {
  return (await system.fs.list(channelDirectory)).filter(isSubdir)
}

interface SubdirRequest {
  readonly channelDirectory: string
  readonly subdir: string
  readonly options: IndexOptions
  readonly withFacts: boolean
}

interface IndexedSubdir extends Omit<SubdirIndex, 'records'> {
  readonly records: readonly ListedFile[]
}

async function indexSubdir(
  { channelDirectory, subdir, options, withFacts }: SubdirRequest,
  context: StageContext,
): Promise<IndexedSubdir> {
  const directory = path.join(channelDirectory, subdir)
  await context.system.fs.makeDirectory(directory)
  const known = (options.known ?? []).filter(({ record }) => record.subdir === subdir)
  const { records, quarantined } = await readSubdir(
    { directory, subdir, known, force: options.force, without: options.without, withFacts },
    context,
  )
  for (const { fn, reason } of quarantined) {
    const { code, message, hint } = unusablePackage(`\`${subdir}/${fn}\` is left out of the index: ${reason}`)
    context.emit({ type: 'warning', code, message, ...(hint && { hint }) })
  }
  const isChanged = await writeForms({ directory, subdir, records }, options, context)
  context.emit({ type: 'channel-indexed', channel: channelDirectory, subdir, records: records.length })
  return { subdir, records, isChanged, quarantined }
}

/** @returns whether repodata.json changed */
async function writeForms(
  index: ShardsRequest,
  { complete = false }: IndexOptions,
  context: StageContext,
): Promise<boolean> {
  const isChanged = await writeRepodata({ ...index, compress: complete }, context)
  if (complete || (await context.system.fs.stat(runExportsPath(index.directory)))) {
    await writeRunExports(index.directory, index, context)
  }
  if (complete || (await hasShards(index.directory, context))) await writeShards(index, context)
  return isChanged
}
