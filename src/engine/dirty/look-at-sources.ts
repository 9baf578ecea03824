/** Judges the sources of the build before: proven the same, fetched aside to be synced, or fetched to replace them. */
import type { SolvedPlan } from '../../stages/solve-environments/index.js'
import type { BuildContext } from '../context.js'
import type { PipelineOptions } from '../pipeline.js'
import type { SyncPlan } from './plan-sync.js'
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

/** Whether a step has to run again because the caller said so. */
export function isForced(step: DirtyStep, { from }: DirtyOptions): boolean {
  return from !== undefined && dirtySteps.indexOf(step) >= dirtySteps.indexOf(from)
}

/** Looks at the sources first, and fetches them only when that proves nothing. */
export async function lookAtSources(work: LookWork): Promise<SourcesLook> {
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
