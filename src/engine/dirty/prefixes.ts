/** The prefixes of a dirty build: kept, brought to other packages, cleaned of what a script left, or made anew. */
import path from 'node:path'
import { stripCredentials } from '../../conda/index.js'
import {
  checkLinkedFiles,
  inspectPrefix,
  installPrefix,
  type Prefix,
  type PrefixRecord,
  type PrefixRequest,
  updatePrefix,
} from '../../stages/install-prefixes/index.js'
import type { ChannelRecord } from '../../stages/solve-environments/index.js'
import type { BuildContext } from '../context.js'
import type { PrepareOptions } from '../prepare-build.js'
import { changedPaths, type Marks, markTree } from './marks.js'
import type { PrefixMemory, Verdict } from './types.js'

export type PrefixLayer = 'build env' | 'host env'

/** What a record is known by: two prefixes with the same lines hold the same packages. */
export function recordLines(records: readonly ChannelRecord[]): readonly string[] {
  return records
    .map(({ name, version, build, subdir, sha256, md5, url, channel }) =>
      [name, version, build, subdir, sha256 ?? md5 ?? stripCredentials(url), stripCredentials(channel)].join(
        ' ',
      ),
    )
    .sort()
}

/** Compares the packages of a prefix with those that were just chosen for it. */
export function judgePrefix(
  layer: PrefixLayer,
  wanted: readonly string[],
  { memory, isForced }: { readonly memory: PrefixMemory | undefined; readonly isForced: boolean },
): Verdict {
  if (isForced) return { layer, action: 'install', reason: 'you asked for it', changes: [] }
  if (memory === undefined)
    return { layer, action: 'install', reason: 'there is none to go on with', changes: [] }
  const changes = describeChanges(memory.records, wanted)
  const count = `${wanted.length} ${wanted.length === 1 ? 'package' : 'packages'}`
  if (changes.length === 0) return { layer, action: 'reuse', reason: count, changes }
  return { layer, action: 'update', reason: changes.join(', '), changes }
}

/** `zlib 1.3.1 -> 1.3.2`, `+ xz 5.4`, `- bzip2 1.0`, `zlib 1.3 h1_0 -> h2_0`, `zlib 1.3 h1_0 was replaced` */
export function describeChanges(before: readonly string[], after: readonly string[]): readonly string[] {
  const old = byName(before)
  const next = byName(after)
  return [...new Set([...old.keys(), ...next.keys()])].sort().flatMap((name) => {
    const [was, is] = [old.get(name), next.get(name)]
    if (was === undefined) return [`+ ${name} ${is?.[1]}`]
    if (is === undefined) return [`- ${name} ${was[1]}`]
    if (was[1] !== is[1]) return [`${name} ${was[1]} -> ${is[1]}`]
    if (was[2] !== is[2]) return [`${name} ${was[1]} ${was[2]} -> ${is[2]}`]
    return was.join(' ') === is.join(' ') ? [] : [`${name} ${was[1]} ${was[2]} was replaced`]
  })
}

function byName(lines: readonly string[]): ReadonlyMap<string, readonly string[]> {
  return new Map(lines.map((line) => line.split(' ')).map((words) => [words[0] ?? '', words]))
}

export interface PrefixWork {
  readonly request: PrefixRequest
  readonly memory: PrefixMemory | undefined
  readonly verdict: Verdict
  readonly cacheDirectory: string
  readonly linkScripts: PrepareOptions['linkScripts']
  readonly context: BuildContext
}

export interface ReadyPrefix {
  readonly prefix: Prefix
  readonly memory: PrefixMemory
  /** Paths that were not as the installation had left them. */
  readonly cleaned: number
}

/** The prefix as a new installation would leave it. */
export async function bringPrefix(work: PrefixWork): Promise<ReadyPrefix> {
  const { request, memory, verdict, context } = work
  const cleaned =
    memory && verdict.action !== 'install'
      ? await cleanPrefix(request.path, memory.marks, context)
      : undefined
  // Whatever scripts of packages made cannot be undone with the package.
  const mustReplace = verdict.action === 'update' && cleaned?.hasOrphans === true
  if (cleaned === undefined || cleaned.isBroken || mustReplace) {
    const prefix = await installPrefix(request, work, context)
    return { prefix, memory: await remember(request, context), cleaned: 0 }
  }
  if (verdict.action === 'update' || cleaned.damaged.length > 0) await change(work, cleaned.damaged)
  const prefix = await readPrefix(request, context)
  return { prefix, memory: await remember(request, context), cleaned: cleaned.paths }
}

/** A prefix that is there. */
export async function readPrefix(
  { path: prefix, platform, records }: PrefixRequest,
  context: Pick<BuildContext, 'system'>,
): Promise<Prefix> {
  const found = await inspectPrefix(prefix, context)
  const installed = new Map(
    (found.kind === 'ready' ? found.records : []).map((record) => [record.name, record]),
  )
  return {
    path: prefix,
    subdir: platform.subdir,
    records: records.flatMap(({ name }) => installed.get(name) ?? []),
  }
}

async function change(
  { request, cacheDirectory, linkScripts, context }: PrefixWork,
  relink: readonly string[],
) {
  const update = { ...request, specs: [], command: 'krait build --dirty', relink }
  await updatePrefix(update, { cacheDirectory, linkScripts }, context)
}

async function remember(request: PrefixRequest, { system }: BuildContext): Promise<PrefixMemory> {
  return { records: recordLines(request.records), marks: await markTree(request.path, system) }
}

interface Cleaned {
  readonly paths: number
  /** Names of packages that lost files, or have others in their place. */
  readonly damaged: readonly string[]
  /** Something is gone that no package can bring back. */
  readonly isBroken: boolean
  /** Files of the installation that belong to no package: their scripts made them. */
  readonly hasOrphans: boolean
}

/** Removes what was not there after the installation, and what is not as it was. */
async function cleanPrefix(prefix: string, memory: Marks, context: BuildContext): Promise<Cleaned> {
  const { fs } = context.system
  const found = await inspectPrefix(prefix, context).catch(() => undefined)
  if (found?.kind !== 'ready') return { paths: 0, damaged: [], isBroken: true, hasOrphans: false }
  const owners = ownersOf(found.records)
  const isOwned = (name: string) => owners.has(name)
  const names = Object.keys(memory.files)
  const hasOrphans = names.some(
    (name) => !isOwned(name) && memory.files[name] !== 'directory' && !isOurs(name),
  )
  const now = await markTree(prefix, context.system, { takenMs: memory.takenMs })
  const changed = changedPaths(memory.files, now.files)
  const lost = changed.filter(
    (name) => memory.files[name] !== undefined && memory.files[name] !== 'directory',
  )
  const isBroken = lost.some((name) => !isOwned(name))
  if (isBroken) return { paths: changed.length, damaged: [], isBroken, hasOrphans }
  // A script that wrote through a link has changed the cache as well.
  const prefixes = { path: prefix, subdir: '', records: found.records }
  if (lost.length > 0) await checkLinkedFiles(prefixes, context)
  for (const name of changed) await fs.remove(path.join(prefix, name))
  for (const name of changed) {
    if (memory.files[name] === 'directory') await fs.makeDirectory(path.join(prefix, name))
  }
  const damaged = [...new Set(lost.flatMap((name) => owners.get(name) ?? []))]
  return { paths: changed.length, damaged, isBroken, hasOrphans }
}

function isOurs(name: string): boolean {
  return name === 'CACHEDIR.TAG' || name.startsWith('conda-meta/')
}

function ownersOf(records: readonly PrefixRecord[]): ReadonlyMap<string, string> {
  return new Map(
    records.flatMap((record) => record.paths_data.paths.map(({ _path }) => [_path, record.name] as const)),
  )
}
