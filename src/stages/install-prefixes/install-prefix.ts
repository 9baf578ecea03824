/** Turns records into a directory full of files. */
import { createHash } from 'node:crypto'
import path from 'node:path'
import type { Platform } from '../../conda/index.js'
import type { StageContext } from '../../system/index.js'
import type { ChannelRecord } from '../solve-environments/index.js'
import { clobbered, installInterrupted, launcherMissing, notAPrefix } from './errors.js'
import { type PrefixState, statePath } from './inspect-prefix.js'
import { mapConcurrently } from './map-concurrently.js'
import { type CachedPackage, ensurePackage } from './package-cache.js'
import { placeFiles } from './place-files.js'
import { type LinkPlan, planLinks } from './plan-links.js'
import { readPackageContent } from './read-package-content.js'
import { type LinkScriptPolicy, runLinkScripts } from './run-link-scripts.js'
import { withSharedCache } from './share-cache.js'
import type { Prefix } from './types.js'
import { withLock } from './with-lock.js'
import { prefixFingerprint, toPrefixRecord, writePrefixRecords } from './write-prefix-records.js'

export interface PrefixRequest {
  /** Absolute; whatever prefix is there is replaced. */
  readonly path: string
  readonly platform: Platform
  /** Dependencies first: of two packages with the same path the first one keeps it. */
  readonly records: readonly ChannelRecord[]
  /** Identifier of the output the prefix is for, for events. */
  readonly output?: string
}

/** What is only said of environments that people ask for. */
export interface FillRequest extends PrefixRequest {
  /** The specs that asked for a package, by its name. */
  readonly requested?: ReadonlyMap<string, readonly string[]>
}

export interface InstallOptions {
  /** Unpacked packages and downloads; shared by all runs. */
  readonly cacheDirectory: string
  /** What is done about scripts that packages run around linking; `run` unless given. */
  readonly linkScripts?: LinkScriptPolicy | undefined
}

/**
 * Makes a prefix with exactly these packages. A prefix that was there is removed first, so that nothing of an earlier
 * build can be in it; one that is left behind by a crash is not `ready` and gets replaced like any other.
 * @throws BuildError `install/...`, `archive/...`
 */
export async function installPrefix(
  request: PrefixRequest,
  options: InstallOptions,
  context: StageContext,
): Promise<Prefix> {
  const key = createHash('sha256').update(request.path).digest('hex').slice(0, 32)
  const lock = path.join(options.cacheDirectory, 'locks', `prefix-${key}.lock`)
  return withSharedCache(options.cacheDirectory, context, async () => {
    const packages = await fetchPackages(request.records, options, context)
    return withLock(lock, context, async () => {
      await clearPrefix(request.path, context)
      const prefix = await fillPrefix(request, packages, { options, context })
      await context.system.fs.writeFile(path.join(prefix.path, 'conda-meta', 'history'), '')
      await finishPrefix(prefix, request, context)
      return prefix
    })
  })
}

/** The directory of one unpacked package. @throws BuildError `install/...`, `archive/...` */
export async function unpackPackage(
  record: ChannelRecord,
  { cacheDirectory }: InstallOptions,
  context: StageContext,
): Promise<string> {
  const unpack = () => ensurePackage(record, cacheDirectory, context)
  return (await withSharedCache(cacheDirectory, context, unpack)).directory
}

/** Fetches and unpacks what the cache does not have yet, several packages at the same time. */
export async function fetchPackages(
  records: readonly ChannelRecord[],
  { cacheDirectory }: InstallOptions,
  context: StageContext,
): Promise<readonly CachedPackage[]> {
  const { emit, system, signal } = context
  const parallel = Math.max(2, Math.min(8, system.host.cpuCount))
  let done = 0
  return mapConcurrently(records, parallel, async (record) => {
    if (signal.aborted) throw installInterrupted()
    const cached = await ensurePackage(record, cacheDirectory, context)
    done += 1
    const progress = { stage: 'install', action: 'extract', unit: 'files' } as const
    emit({ type: 'progress', ...progress, subject: record.fn, done, total: records.length })
    return cached
  })
}

/** Links all packages into a directory that is empty; it is not `ready` afterwards. */
export async function fillPrefix(
  { path: prefix, platform, records, output, requested = new Map() }: FillRequest,
  packages: readonly CachedPackage[],
  { options, context }: { readonly options: InstallOptions; readonly context: StageContext },
): Promise<Prefix> {
  const { fs } = context.system
  const { family, subdir } = platform
  const fingerprint = prefixFingerprint(records, prefix, subdir)
  await fs.makeDirectory(path.join(prefix, 'conda-meta'))
  await writeState(prefix, { state: 'installing', fingerprint }, context)
  const contents = await mapConcurrently(packages, 8, (cached) => readPackageContent(cached, context))
  const plan = planLinks(contents, family)
  warnAboutPlan(plan, { output, family }, context)
  const placement = await placeFiles(plan, { prefix, family }, context)
  const installed = placement.packages.map((placed) =>
    toPrefixRecord(placed, requested.get(placed.planned.content.record.name)),
  )
  await writePrefixRecords(prefix, installed, context)
  await fs.writeFile(path.join(prefix, 'CACHEDIR.TAG'), cacheDirectoryTag)
  const { linkScripts: policy } = options
  await runLinkScripts({ prefix, subdir, when: 'post-link', policy }, installed, context)
  const files = installed.reduce((sum, record) => sum + record.files.length, 0)
  const counts = { packages: installed.length, files, linked: placement.linked }
  context.emit({ type: 'prefix-linked', output: output ?? '', prefix, ...counts })
  return { path: prefix, subdir, records: installed }
}

/** Says that everything is there. */
async function finishPrefix(
  { path: prefix, subdir }: Prefix,
  { records }: PrefixRequest,
  context: StageContext,
): Promise<void> {
  await writeState(
    prefix,
    { state: 'ready', fingerprint: prefixFingerprint(records, prefix, subdir) },
    context,
  )
}

/** Replaces the state of a prefix; a reader sees the old one or the new one. */
export async function writeState(
  prefix: string,
  state: PrefixState,
  { system }: StageContext,
): Promise<void> {
  // Not synced to the disk: that waits for every link that was made just before, and a state that is lost is repaired.
  const temporary = `${statePath(prefix)}.tmp`
  await system.fs.writeFile(temporary, JSON.stringify(state))
  await system.fs.rename(temporary, statePath(prefix))
}

/** Backup programs skip directories with this file (https://bford.info/cachedir/). */
const cacheDirectoryTag =
  'Signature: 8a477f597d28d172789f06886806bc55\n# Made by krait; it can be made again.\n'

/** Removes a former prefix, but nothing that only happens to be in the way. */
async function clearPrefix(prefix: string, { system }: StageContext): Promise<void> {
  const info = await system.fs.stat(prefix)
  if (info && info.type !== 'directory') throw notAPrefix(prefix)
  const names = await system.fs.list(prefix)
  const isPrefix = names.includes('conda-meta') || names.every((name) => name === 'CACHEDIR.TAG')
  if (!isPrefix) throw notAPrefix(prefix)
  await system.fs.remove(prefix)
}

/** Files that two packages have, and launchers that are not made. */
export function warnAboutPlan(
  { clobbers, packages }: LinkPlan,
  { output, family }: { readonly output: string | undefined; readonly family: string },
  { emit }: StageContext,
): void {
  const place = output === undefined ? {} : { output }
  for (const { path: file, winner, loser } of clobbers) {
    emit({ type: 'warning', ...place, ...clobbered(file, winner, loser) })
  }
  const commands = packages.flatMap(({ scripts }) => scripts.map(({ entryPoint }) => entryPoint.command))
  if (family === 'win' && commands.length > 0) {
    emit({ type: 'warning', ...place, ...launcherMissing(commands) })
  }
}
