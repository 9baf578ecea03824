/** Judges every layer of the build before against what a build would begin with now; the work directory stays as it is. */
import path from 'node:path'
import type { SolvedPlan } from '../../stages/solve-environments/index.js'
import type { BuildContext } from '../context.js'
import type { PipelineOptions } from '../pipeline.js'
import { changedPaths, hashFile, markTree } from './marks.js'
import { packageFingerprint } from './package-memory.js'
import type { SyncPlan } from './plan-sync.js'
import { judgePrefix, recordLines } from './prefixes.js'
import { compareScripts, scriptFacts } from './script-memory.js'
import {
  compareFacts,
  type FreshSources,
  type fetchFresh,
  isOtherSource,
  judgeSync,
  planWorkSync,
  type SourceFacts,
  sourceFacts,
  sourceNames,
  unchanged,
} from './sources.js'
import {
  type DirtyOptions,
  type DirtyState,
  type DirtyStep,
  dirtySteps,
  type SourcesMemory,
  type Verdict,
} from './types.js'

export interface LookWork {
  readonly plan: SolvedPlan
  readonly options: PipelineOptions & { readonly dirty: DirtyOptions }
  readonly context: BuildContext
  readonly state: DirtyState
  /** How sources are fetched: as a stage, or silently for a look. */
  readonly fetch: typeof fetchFresh
}

/** How the sources get into the work directory. */
export type SourcesLook =
  | {
      readonly kind: 'kept'
      readonly verdict: Verdict
      readonly facts: SourceFacts
      readonly memory: SourcesMemory
    }
  | {
      readonly kind: 'synced'
      readonly verdict: Verdict
      readonly facts: SourceFacts
      readonly memory: SourcesMemory
      readonly fresh: FreshSources
      readonly sync: SyncPlan
    }
  | {
      readonly kind: 'replaced'
      readonly verdict: Verdict
      readonly facts: SourceFacts
      readonly fresh: FreshSources
      /** Files to keep aside. */
      readonly conflicts: readonly string[]
    }

export interface Look {
  readonly sources: SourcesLook
  /** Undefined when both prefixes are one. */
  readonly build: Verdict | undefined
  readonly host: Verdict
  readonly script: Verdict
  readonly package: Verdict
  readonly tests: Verdict
  /** Files of the work directory that are not as the script left them. */
  readonly edited: readonly string[]
}

/** Whether a step has to run again because the caller said so. */
export function isForced(step: DirtyStep, { from }: DirtyOptions): boolean {
  return from !== undefined && dirtySteps.indexOf(step) >= dirtySteps.indexOf(from)
}

/** All verdicts, in the order of the steps. */
export async function lookAtLayers(work: LookWork): Promise<Look> {
  const { plan, state } = work
  const sources = await lookAtSources(work)
  const { build, host } = lookAtPrefixes(work)
  const edited = await editedFiles(plan, state, work.context)
  const script = await lookAtScript(work, { sources, prefixes: [build, host], edited })
  const packaged = await lookAtPackage(work, script)
  return { sources, build, host, script, package: packaged, tests: lookAtTests(work, packaged), edited }
}

async function lookAtSources(work: LookWork): Promise<SourcesLook> {
  const { state, plan } = work
  const memory = state.sources
  const isThere = (await work.context.system.fs.stat(plan.directories.work)) !== undefined
  const known = isForced('sources', work.options.dirty) || !isThere ? undefined : memory
  const facts = await sourceFacts(work, known)
  if (known === undefined) {
    const reason = isForced('sources', work.options.dirty)
      ? 'you asked for it'
      : 'there are none to go on with'
    return replace(work, { reason, changes: [], memory })
  }
  const count = sourceNames(plan).length
  const differences = compareFacts(known, facts, sourceNames(plan))
  if (differences.length === 0 && !facts.mayMove) {
    // It broke off: what it did to the sources is not known.
    if (known.left === undefined) return lookAgain(work, known)
    return { kind: 'kept', verdict: unchanged(count), facts, memory: known }
  }
  return lookAgain(work, known)
}

async function lookAgain(work: LookWork, memory: SourcesMemory): Promise<SourcesLook> {
  const { plan } = work
  const facts = await sourceFacts(work, undefined)
  const same = facts.entries.length === memory.entries.length
  const names = sourceNames(plan).filter((_, index) => facts.entries[index] !== memory.entries[index])
  if (!same || names.length > 0) {
    const reason = same ? `${names.join(', ')} changed in the recipe` : 'the list of sources changed'
    return replace(work, { reason, changes: names, memory })
  }
  const fresh = await work.fetch(work)
  if (isOtherSource(memory.fetched, fresh.fetched)) {
    const reason = 'other sources were fetched'
    return {
      kind: 'replaced',
      verdict: fetchVerdict(reason, []),
      facts,
      fresh,
      conflicts: await lost(work, memory, fresh),
    }
  }
  const sync = await planWorkSync(memory, fresh.contents, work)
  const verdict = judgeSync(sync, sourceNames(plan).length)
  return { kind: 'synced', verdict, facts, memory, fresh, sync }
}

interface Replacement {
  readonly reason: string
  readonly changes: readonly string[]
  readonly memory: SourcesMemory | undefined
}

async function replace(work: LookWork, { reason, changes, memory }: Replacement): Promise<SourcesLook> {
  const facts = await sourceFacts(work, undefined)
  const fresh = await work.fetch(work)
  const conflicts = memory ? await lost(work, memory, fresh) : []
  return { kind: 'replaced', verdict: fetchVerdict(reason, changes), facts, fresh, conflicts }
}

function fetchVerdict(reason: string, changes: readonly string[]): Verdict {
  return { layer: 'sources', action: 'fetch', reason, changes }
}

/** Files that somebody changed and that another source replaces. */
async function lost(work: LookWork, memory: SourcesMemory, fresh: FreshSources): Promise<readonly string[]> {
  const { conflicts, edited } = await planWorkSync(memory, fresh.contents, work)
  return [...conflicts, ...edited]
}

function lookAtPrefixes({ plan, state, options }: LookWork) {
  const isNew = isForced('env', options.dirty)
  const { prefixes } = state
  const judge = (
    layer: 'build env' | 'host env',
    memory: typeof prefixes.host,
    records = recordsOf(plan, layer),
  ) => judgePrefix(layer, recordLines(records), { memory, isForced: isNew })
  const isMerged = plan.directories.host === plan.directories.buildPrefix
  return {
    build: isMerged ? undefined : judge('build env', prefixes.build),
    host: judge('host env', prefixes.host),
  }
}

/** The records of one prefix. */
export function recordsOf({ environments }: SolvedPlan, layer: 'build env' | 'host env') {
  const environment = layer === 'build env' ? environments.build : environments.host
  return environment?.resolved ?? []
}

/** Files of the work directory that are not as the script left them; none when nobody knows. */
async function editedFiles(plan: SolvedPlan, state: DirtyState, { system }: BuildContext) {
  const tree = state.sources?.tree
  if (tree === undefined) return []
  const now = await markWork(plan.directories.work, system, tree.takenMs)
  return changedPaths(tree.files, now.files).filter(
    (name) => tree.files[name] !== 'directory' && now.files[name] !== 'directory',
  )
}

/** Everything but what git notes whenever somebody asks it. */
export function markWork(root: string, system: BuildContext['system'], takenMs?: number) {
  const skip = ({ path: name }: { readonly path: string }) => /(?:^|\/)\.git$/.test(name)
  return markTree(root, system, { skip, ...(takenMs !== undefined && { takenMs }) })
}

interface Before {
  readonly sources: SourcesLook
  readonly prefixes: readonly (Verdict | undefined)[]
  readonly edited: readonly string[]
}

async function lookAtScript(work: LookWork, before: Before): Promise<Verdict> {
  const { state, options, plan } = work
  const run = (reason: string, changes: readonly string[] = []): Verdict => ({
    layer: 'script',
    action: 'run',
    reason,
    changes,
  })
  const memory = state.script
  if (isForced('script', options.dirty)) return run('you asked for it')
  if (memory === undefined) return run('it has not run here')
  const causes = [before.sources.verdict, ...before.prefixes].flatMap((verdict) =>
    verdict === undefined || verdict.action === 'reuse' ? [] : [verdict],
  )
  const differences = await scriptDifferences(work)
  if (differences.length > 0) return run(shorten(differences), differences)
  const [cause] = causes
  if (cause) return run(`${cause.layer} changed`, cause.changes)
  if (memory.result === undefined) return run('it did not come to its end')
  if (before.edited.length > 0)
    return run(`${shorten(before.edited)} changed in the work directory`, before.edited)
  const touched = await touchedPrefix(plan, memory.prefix, work.context)
  if (touched.length > 0) return run(`${shorten(touched)} changed in the host prefix`, touched)
  return { layer: 'script', action: 'reuse', reason: 'unchanged', changes: [] }
}

async function scriptDifferences({ plan, options, context, state }: LookWork): Promise<readonly string[]> {
  if (state.script === undefined) return []
  const { isTimestampGiven } = options.dirty
  return compareScripts(state.script, await scriptFacts({ plan, options, isTimestampGiven, context }, state))
}

async function touchedPrefix(
  plan: SolvedPlan,
  left: NonNullable<DirtyState['script']>['prefix'],
  { system }: BuildContext,
): Promise<readonly string[]> {
  if (left === undefined) return ['everything']
  const now = await markTree(plan.directories.host, system, { takenMs: left.takenMs })
  return changedPaths(left.files, now.files)
}

function shorten(names: readonly string[]): string {
  const [first = ''] = names
  return names.length > 1 ? `${first} and ${names.length - 1} more` : first
}

async function lookAtPackage(work: LookWork, script: Verdict): Promise<Verdict> {
  const { state, options, context } = work
  const write = (reason: string): Verdict => ({ layer: 'package', action: 'write', reason, changes: [] })
  if (isForced('package', options.dirty)) return write('you asked for it')
  if (script.action !== 'reuse') return write('the script runs')
  if (state.package === undefined) return write('there is none')
  const { artifact, fingerprint } = state.package
  if (fingerprint !== (await packageFingerprint(work.plan, options, { state, context })))
    return write('the recipe changed')
  const { fs } = context.system
  const isThere = (await fs.stat(artifact.path))?.sizeBytes === artifact.sizeBytes
  const isOwn = artifact.path === placeOfPackage(work.plan)
  if (!isThere || !isOwn || (await hashFile(artifact.path, fs)) !== artifact.sha256)
    return write('it is not there any more')
  return { layer: 'package', action: 'reuse', reason: path.basename(artifact.path), changes: [] }
}

function placeOfPackage({ id, directories, packaging, platforms }: SolvedPlan): string {
  const { channel = directories.output } = directories
  return path.join(channel, platforms.targetSubdir, `${id}.${packaging.format}`)
}

function lookAtTests({ state, options }: LookWork, packaged: Verdict): Verdict {
  const run = (reason: string): Verdict => ({ layer: 'tests', action: 'run', reason, changes: [] })
  if (isForced('test', options.dirty)) return run('you asked for it')
  if (packaged.action !== 'reuse') return run('the package is new')
  if (state.package?.tests === undefined) return run('they have not passed')
  return { layer: 'tests', action: 'reuse', reason: 'passed before', changes: [] }
}
