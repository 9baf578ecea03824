/** Decides which subdirs of a channel are indexed, and writes their repodata.json (spec: package.md 7). */
import path from 'node:path'
import { knownSubdirs } from '../../conda/index.js'
import type { StageContext } from '../../system/index.js'
import { mapConcurrently, withLock } from '../install-prefixes/index.js'
import { unknownSubdir, unusablePackage } from './errors.js'
import { hasShards } from './known-shards.js'
import { type ReadSubdir, readSubdir } from './read-subdir.js'
import { removeLeftovers } from './remove-leftovers.js'
import { countPackages } from './subdir-content.js'
import type { ChannelIndex, ListedFile } from './types.js'
import { channeldataPath, writeChanneldata } from './write-channeldata.js'
import { prepareRepodata, type Repodata, writeRepodata } from './write-repodata.js'
import { runExportsPath, writeRunExports } from './write-run-exports.js'
import { writeShards } from './write-shards.js'

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
  /** Reads every file again, and makes every form of the index anew. */
  readonly force?: boolean | undefined
  /** Files that count as gone, as `<subdir>/<file name>`. */
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
  return withLock(path.join(channelDirectory, '.index.lock'), context, async ({ wasAbandoned }) => {
    if (wasAbandoned) {
      await removeLeftovers(channelDirectory, await existingSubdirs(channelDirectory, context), context)
    }
    return action()
  })
}

/** `indexChannel` for a caller who holds the lock. */
export async function indexLocked(
  channelDirectory: string,
  options: IndexOptions,
  context: StageContext,
): Promise<ChannelIndex> {
  const { fs } = context.system
  const { force } = options
  const wanted = options.subdirs ?? (await existingSubdirs(channelDirectory, context))
  const names = ['noarch', ...wanted.filter((subdir) => subdir !== 'noarch').sort()]
  const withFacts = options.complete || (await fs.stat(channeldataPath(channelDirectory))) !== undefined
  if (force) await removeLeftovers(channelDirectory, names, context)
  const found: FoundSubdir[] = []
  for (const subdir of new Set(names)) {
    found.push(await findPackages({ channelDirectory, subdir, options, withFacts }, context))
  }
  const others = withFacts ? await readOthers(channelDirectory, found, context) : []
  const all = [...found, ...others]
  const prepared: PreparedSubdir[] = []
  // Before anything is written: a form that must not be replaced stops them all.
  for (const index of found) prepared.push({ ...index, repodata: await prepareRepodata(index, context) })
  const writeAll: readonly (() => Promise<unknown>)[] = [
    ...prepared.map((index) => () => writeForms(index, options, context)),
    ...(withFacts ? [() => writeChanneldata({ channelDirectory, subdirs: all, force }, context)] : []),
    ...all.map(({ remember }) => remember),
  ]
  // Together, because most of them wait for the disk or for a compressor.
  const isChanged = await mapConcurrently(writeAll, writeAll.length, (write) => write())
  return {
    directory: channelDirectory,
    subdirs: found.map(({ subdir, pages, quarantined }, index) => {
      return { subdir, records: countPackages(pages), isChanged: isChanged[index] === true, quarantined }
    }),
  }
}

/** The subdirs that were not indexed now; channeldata.json is about all. */
async function readOthers(
  channelDirectory: string,
  indexed: readonly FoundSubdir[],
  context: StageContext,
): Promise<readonly ReadSubdir[]> {
  const all = await existingSubdirs(channelDirectory, context)
  const others = all.filter((subdir) => !indexed.some((item) => item.subdir === subdir))
  return Promise.all(
    others.map((subdir) => {
      const directory = path.join(channelDirectory, subdir)
      return readSubdir({ directory, subdir, withFacts: true }, context)
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

interface FindRequest {
  readonly channelDirectory: string
  readonly subdir: string
  readonly options: IndexOptions
  readonly withFacts: boolean
}

interface FoundSubdir extends ReadSubdir {
  /** Absolute. */
  readonly directory: string
}

async function findPackages(
  { channelDirectory, subdir, options, withFacts }: FindRequest,
  context: StageContext,
): Promise<FoundSubdir> {
  const directory = path.join(channelDirectory, subdir)
  await context.system.fs.makeDirectory(directory)
  const known = (options.known ?? []).filter(({ record }) => record.subdir === subdir)
  const content = await readSubdir(
    { directory, subdir, known, force: options.force, without: options.without, withFacts },
    context,
  )
  for (const { fn, reason } of content.quarantined) {
    const { code, message, hint } = unusablePackage(`\`${subdir}/${fn}\` is left out of the index: ${reason}`)
    context.emit({ type: 'warning', code, message, ...(hint && { hint }) })
  }
  return { directory, ...content }
}

interface PreparedSubdir extends FoundSubdir {
  readonly repodata: Repodata
}

/** @returns whether repodata.json changed */
async function writeForms(
  found: PreparedSubdir,
  { complete = false, force }: IndexOptions,
  context: StageContext,
): Promise<boolean> {
  const { directory, subdir, pages } = found
  const withRunExports = complete || (await context.system.fs.stat(runExportsPath(directory))) !== undefined
  const withShards = complete || (await hasShards(directory, context))
  const writeAll = [
    () => writeRepodata(found.repodata, { compress: complete, force }, context),
    ...(withRunExports ? [() => writeRunExports(found, context)] : []),
    ...(withShards ? [() => writeShards({ ...found, force }, context)] : []),
  ]
  const [isChanged = false] = await mapConcurrently(writeAll, writeAll.length, (write) => write())
  const channel = path.dirname(directory)
  context.emit({ type: 'channel-indexed', channel, subdir, records: countPackages(pages) })
  return isChanged
}
