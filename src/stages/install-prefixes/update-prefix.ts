/** Makes an environment that people ask for, or changes one that is there (spec: environment.md C.5, C.6). */
import path from 'node:path'
import type { StageContext } from '../../system/index.js'
import { applyUpdate } from './apply-update.js'
import { type FoundPrefix, inspectPrefix, prefixLock } from './inspect-prefix.js'
import {
  type FillRequest,
  fetchPackages,
  fillPrefix,
  type InstallOptions,
  writeState,
} from './install-prefix.js'
import { diffRecords, type RecordChanges } from './plan-update.js'
import { withSharedCache } from './share-cache.js'
import type { PrefixRecord } from './types.js'
import { withLock } from './with-lock.js'
import { writeHistory } from './write-history.js'
import { prefixFingerprint, recordFileName } from './write-prefix-records.js'

export interface UpdateRequest extends FillRequest {
  /** What the environment was asked to have, for its history. */
  readonly specs: readonly string[]
  /** The command line, without secrets. */
  readonly command: string
  /** Names of packages to link again although they are there: somebody changed their files. */
  readonly relink?: readonly string[]
}

/** What an update does, or would do. */
export interface PrefixUpdate extends RecordChanges {
  /** `reused`: nothing had to be done. `created`: there was no prefix, or one whose creation broke off. */
  readonly action: 'created' | 'updated' | 'reused'
}

/** What would be done, without a trace. @throws BuildError `install/not-a-prefix` */
export async function previewUpdate(request: UpdateRequest, context: StageContext): Promise<PrefixUpdate> {
  const found = await inspectPrefix(request.path, context)
  if (await isCurrent(found, request, context)) return reused(found)
  const action = found.kind === 'nothing' || found.kind === 'unfinished' ? 'created' : 'updated'
  return { action, ...changesOf(found, request) }
}

/**
 * Gives a prefix exactly these packages. What is there and wanted stays where it is, with every file that no package
 * owns; a prefix whose creation broke off is made anew.
 * @throws BuildError `install/...`, `archive/...`; the prefix is not `ready` when it was begun with
 */
export async function updatePrefix(
  request: UpdateRequest,
  options: InstallOptions,
  context: StageContext,
): Promise<PrefixUpdate> {
  // Before anything is written: the directory may be somebody else's.
  const early = await inspectPrefix(request.path, context)
  if (await isCurrent(early, request, context)) return reused(early)
  return withSharedCache(options.cacheDirectory, context, async () => {
    const { added, relinked } = changesOf(early, request)
    await fetchPackages([...added, ...relinked], options, context)
    return withLock(prefixLock(request.path), context, async () => {
      const found = await inspectPrefix(request.path, context)
      if (await isCurrent(found, request, context)) return reused(found)
      const update = await change(found, request, { options, context })
      await writeReady(request, context)
      return update
    })
  })
}

interface Work {
  readonly options: InstallOptions
  readonly context: StageContext
}

async function change(
  found: FoundPrefix,
  request: UpdateRequest,
  { options, context }: Work,
): Promise<PrefixUpdate> {
  const changes = changesOf(found, request)
  if (found.kind === 'nothing' || found.kind === 'unfinished') {
    await emptyPrefix(request.path, context)
    const packages = await fetchPackages(request.records, options, context)
    await fillPrefix(request, packages, { options, context })
    await writeHistory(request.path, revisionOf(request, changes), context)
    return { action: 'created', ...changes }
  }
  const leftOver = found.kind === 'half-updated' ? (found.state.paths ?? []) : []
  const applied = await applyUpdate(request, { ...changes, leftOver }, { options, context })
  await writeHistory(request.path, revisionOf(request, applied), context)
  return { action: 'updated', ...applied }
}

function revisionOf({ command, specs }: UpdateRequest, { removed, added }: RecordChanges) {
  return { command, specs, removed, added }
}

/** After an update that broke off nothing is known to be complete, so every package is placed again. */
function changesOf(found: FoundPrefix, { records, platform, relink = [] }: UpdateRequest): RecordChanges {
  if (found.kind === 'nothing' || found.kind === 'unfinished') {
    return { kept: [], removed: [], added: records, relinked: [] }
  }
  const changes = diffRecords(found.records, records, platform.family)
  if (found.kind === 'ready') return withRelinked(changes, relink)
  return { ...changes, kept: [], relinked: [...changes.kept, ...changes.relinked] }
}

function withRelinked(changes: RecordChanges, names: readonly string[]): RecordChanges {
  const again = changes.kept.filter(({ name }) => names.includes(name))
  const kept = changes.kept.filter((record) => !again.includes(record))
  return { ...changes, kept, relinked: [...changes.relinked, ...again] }
}

/** Another tool may have changed the prefix without touching krait's state, so the records are looked at too. */
async function isCurrent(
  found: FoundPrefix,
  { path: prefix, records, platform, specs, relink = [] }: UpdateRequest,
  { system }: StageContext,
): Promise<boolean> {
  if (found.kind !== 'ready' || relink.length > 0) return false
  const { fingerprint, specs: before = [] } = found.state
  if (fingerprint !== prefixFingerprint(records, prefix, platform.subdir)) return false
  const names = new Set(await system.fs.list(path.join(prefix, 'conda-meta')))
  const isComplete =
    found.records.length === records.length && records.every((record) => names.has(recordFileName(record)))
  return isComplete && JSON.stringify(before) === JSON.stringify(specs)
}

function reused(found: FoundPrefix): PrefixUpdate {
  const kept: readonly PrefixRecord[] = found.kind === 'ready' ? found.records : []
  return { action: 'reused', kept, removed: [], added: [], relinked: [] }
}

/** Removes what a creation left, but not the lock that is held. */
async function emptyPrefix(prefix: string, { system }: StageContext): Promise<void> {
  const { fs } = system
  const meta = path.join(prefix, 'conda-meta')
  for (const name of await fs.list(prefix)) {
    if (name !== 'conda-meta') await fs.remove(path.join(prefix, name))
  }
  // The state goes last: as long as it is there, everybody knows what the rest is.
  const kept = new Set([path.basename(prefixLock(prefix)), '.state.json'])
  for (const name of await fs.list(meta)) if (!kept.has(name)) await fs.remove(path.join(meta, name))
}

async function writeReady(
  { path: prefix, records, platform, specs }: UpdateRequest,
  context: StageContext,
): Promise<void> {
  const fingerprint = prefixFingerprint(records, prefix, platform.subdir)
  await writeState(prefix, { state: 'ready', fingerprint, platform: platform.subdir, specs }, context)
}
