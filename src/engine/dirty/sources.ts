/** The sources of a dirty build: proven to be the same, or fetched aside and brought into the work directory. */
import { createHash } from 'node:crypto'
import path from 'node:path'
import { stripCredentials } from '../../conda/index.js'
import type { RenderedSource } from '../../recipe/index.js'
import {
  type FetchedSource,
  listPathSource,
  locatePatch,
  placeSources,
  sourceName,
} from '../../stages/fetch-sources/index.js'
import type { SolvedPlan } from '../../stages/solve-environments/index.js'
import type { WalkEntry } from '../../system/index.js'
import { canonicalJson } from '../../text/index.js'
import type { BuildContext } from '../context.js'
import type { PrepareOptions } from '../prepare-build.js'
import { gitPlaces } from './git-state.js'
import { changedPaths, hashFile, leavesOf, type Marks, markPaths, readContents } from './marks.js'
import { planSync, type SyncPlan } from './plan-sync.js'
import type { SourcesMemory, Verdict } from './types.js'

/** What can be said of sources without fetching them. */
export interface SourceFacts {
  readonly entries: readonly string[]
  readonly patches: readonly (readonly string[])[]
  readonly origins: Marks
  /** Branches and files without a checksum: only fetching tells. */
  readonly mayMove: boolean
}

export interface SourcesWork {
  readonly plan: SolvedPlan
  readonly options: Pick<PrepareOptions, 'cacheDirectory' | 'strictPatches'>
  readonly context: BuildContext
}

/** Looks at everything that a fetch would read. */
export async function sourceFacts(work: SourcesWork, known: SourcesMemory | undefined): Promise<SourceFacts> {
  const { plan, context } = work
  const requests = plan.output.recipe.source ?? []
  const takenMs = known?.origins.takenMs ?? context.system.clock.now()
  const files: string[] = []
  for (const source of requests) {
    if (!('path' in source)) continue
    const listed = await listPathSource(source, plan, work)
    files.push(...(listed ?? []).map((origin) => origin.path))
  }
  const marks = await markPaths([...new Set(files)].sort(), { root: '', takenMs }, context.system.fs)
  return {
    entries: requests.map(entryOf),
    patches: await Promise.all(requests.map((source) => patchDigests(source, work))),
    origins: { takenMs, files: marks },
    mayMove: requests.some(isMovable),
  }
}

/** Who may fetch a source says nothing about what is in it. */
function entryOf({ patches: _, ...source }: RenderedSource): string {
  const text = canonicalJson(stripped(source))
  return createHash('sha256').update(text).digest('hex')
}

function stripped(value: unknown): unknown {
  if (typeof value === 'string') return stripCredentials(value)
  if (Array.isArray(value)) return value.map(stripped)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, stripped(member)]))
}

function isMovable(source: RenderedSource): boolean {
  if ('git' in source) return !/^[0-9a-f]{40}$/.test(source.rev ?? '')
  return !('path' in source) && source.sha256 === undefined
}

/** Hashes of the patches of one source; of one that lies among the sources nothing is known before they are there. */
async function patchDigests(
  source: RenderedSource,
  { plan, options, context }: SourcesWork,
): Promise<readonly string[]> {
  const { fs } = context.system
  // Patches that were taken with fuzz may be refused now.
  const hashes: string[] = options.strictPatches && source.patches ? ['strict'] : []
  for (const patch of source.patches ?? []) {
    const file = locatePatch(patch, plan)
    const isOutside = file.startsWith(plan.directories.build) || (await fs.stat(file))?.type !== 'file'
    hashes.push(isOutside ? 'unknown' : await hashFile(file, fs))
  }
  return hashes
}

/** Why sources have to be fetched; nothing when they are proven to be those of the last time. */
export function compareFacts(
  memory: SourcesMemory,
  now: SourceFacts,
  names: readonly string[],
): readonly string[] {
  if (memory.entries.length !== now.entries.length) return ['the list of sources']
  const entries = names.filter((_, index) => memory.entries[index] !== now.entries[index])
  const patches = names.filter(
    (_, index) =>
      canonicalJson(memory.patches[index]) !== canonicalJson(now.patches[index]) ||
      now.patches[index]?.includes('unknown'),
  )
  const files = changedPaths(memory.origins.files, now.origins.files)
  return [...entries, ...patches.map((name) => `patches of ${name}`), ...files]
}

/** Sources as a clean build would have them, aside. */
export interface FreshSources {
  /** Absolute. */
  readonly directory: string
  readonly fetched: readonly FetchedSource[]
  readonly contents: Readonly<Record<string, string>>
}

/** Fetches and patches everything into a directory beside the work directory. */
export async function fetchFresh({ plan, options, context }: SourcesWork): Promise<FreshSources> {
  const { fs } = context.system
  const directory = path.join(plan.directories.build, '.build', 'fresh')
  await fs.remove(directory)
  const requests = plan.output.recipe.source ?? []
  const { id, recipePath } = plan
  const directories = { ...plan.directories, work: directory }
  const { origins } = plan.output.provenance
  const placed = await placeSources({ id, recipePath, directories, requests, origins }, options, context)
  const contents = await readBaseline(directory, requests, context)
  return { directory, fetched: placed.sources, contents: contents.contents }
}

/** What belongs to sources below a directory that holds nothing else. */
export async function readBaseline(
  root: string,
  requests: readonly RenderedSource[],
  { system }: BuildContext,
) {
  const places = gitPlaces(requests)
  const isGit = ({ path: name }: WalkEntry) => places.includes(name)
  const entries = (await system.fs.walk(root, isGit)).filter((entry) => !isGit(entry))
  const names = leavesOf(entries).filter((name) => name !== sourceInfo)
  return readContents(root, names, { system })
}

const sourceInfo = '.source_info.json'

/** Whether another thing was fetched than the last time, apart from patches and path sources. */
export function isOtherSource(before: readonly FetchedSource[], after: readonly FetchedSource[]): boolean {
  return before.some((old, index) => {
    const now = after[index]
    if (now === undefined || 'path' in old.source) return false
    return 'git' in old.source ? old.source.rev !== now.source.rev : old.sha256 !== now.sha256
  })
}

/** Compares the fresh sources with the work directory. */
export async function planWorkSync(
  memory: SourcesMemory,
  fresh: FreshSources['contents'],
  { plan, context }: SourcesWork,
): Promise<SyncPlan> {
  const { baseline, begun, left } = memory
  const paths = [...new Set([...Object.keys(baseline), ...Object.keys(fresh)])]
  const { contents } = await readContents(plan.directories.work, paths, {
    known: left ?? begun,
    system: context.system,
  })
  return planSync({ baseline, fresh, work: contents, begun: begun.contents, left: left?.contents })
}

/** The verdict on fresh sources that were compared. */
export function judgeSync(sync: SyncPlan, count: number): Verdict {
  const { changed } = sync
  if (changed.length === 0) return unchanged(count)
  const more = changed.length > 3 ? ` and ${changed.length - 3} more` : ''
  const reason = `${changed.slice(0, 3).join(', ')}${more} changed`
  return { layer: 'sources', action: 'sync', reason, changes: changed }
}

export function unchanged(count: number): Verdict {
  return { layer: 'sources', action: 'reuse', reason: `${count} unchanged`, changes: [] }
}

export function sourceNames(plan: SolvedPlan): readonly string[] {
  return (plan.output.recipe.source ?? []).map(sourceName)
}
