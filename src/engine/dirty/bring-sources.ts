/** Brings the work directory to what the sources say, before the script runs in it. */
import path from 'node:path'
import { applySync, keepConflicts } from './apply-sync.js'
import type { DirtyWork } from './dirty-work.js'
import { sourcesOverwrote } from './errors.js'
import { gitPlaces, readGitState, restoreGit } from './git-state.js'
import { changedPaths, readContents } from './marks.js'
import type { SyncPlan } from './plan-sync.js'
import { type FreshSources, planWorkSync } from './sources.js'
import type { SourcesMemory } from './types.js'

/** The work directory follows the sources. */
export async function bringSources(given: DirtyWork): Promise<SourcesMemory> {
  const { plan, look, context } = given
  const { system } = context
  const { sources } = look
  const { work, build } = plan.directories
  const { entries, patches, origins } = sources.facts
  if (sources.kind === 'kept') return restoreSources(sources.memory, given)
  const { fresh } = sources
  const conflicts = path.join(build, '.build', 'conflicts')
  const files = sources.kind === 'synced' ? sources.sync.conflicts : sources.conflicts
  if (sources.kind === 'synced') await followFresh(sources, given)
  else {
    await keepConflicts(files, { work, conflicts }, system.fs)
    await system.fs.remove(work)
    await system.fs.rename(fresh.directory, work)
  }
  if (files.length > 0)
    context.emit({ type: 'warning', output: plan.id, ...sourcesOverwrote(files, conflicts) })
  await system.fs.remove(fresh.directory)
  const baseline = fresh.contents
  const begun = await readContents(work, Object.keys(baseline), { system })
  return {
    entries,
    patches,
    origins,
    fetched: fresh.fetched,
    baseline,
    begun,
    git: await readGitState(work, system),
  }
}

/** The same sources; files that only the script changed go back to what it had begun with. */
async function restoreSources(memory: SourcesMemory, given: DirtyWork): Promise<SourcesMemory> {
  const { plan, context, fetch, options } = given
  const { system } = context
  const { work } = plan.directories
  const sync = await planWorkSync(memory, memory.baseline, given)
  const names = [...sync.copy, ...sync.remove, ...(await movedNames(memory, given))]
  if (names.length > 0) {
    await followFresh({ memory, sync, fresh: await fetch({ plan, options, context }) }, given)
    const text = `put back ${names.length === 1 ? names[0] : `${names.length} source files`}, which the script had changed`
    context.emit({ type: 'note', output: plan.id, text })
  }
  const known = memory.left ?? memory.begun
  const begun = await readContents(work, Object.keys(memory.baseline), { known, system })
  return { ...memory, begun, left: undefined, tree: undefined }
}

interface FreshSync {
  readonly memory: SourcesMemory
  readonly sync: SyncPlan
  readonly fresh: FreshSources
}

/** Repositories go back to what they were, files to what the plan says; the fresh sources are used up. */
async function followFresh({ memory, sync, fresh }: FreshSync, given: DirtyWork): Promise<void> {
  const { plan, context } = given
  const { system } = context
  const { work, build } = plan.directories
  const places = gitPlaces(plan.output.recipe.source ?? [])
  const restore = { known: memory.git, places, fresh: fresh.directory, work }
  await restoreGit(await movedNames(memory, given), restore, system)
  const conflicts = path.join(build, '.build', 'conflicts')
  await applySync(sync, { fresh: fresh.directory, work, conflicts }, system)
  await system.fs.remove(fresh.directory)
}

/** Commits and tags that are not those that the script of the run before found. */
async function movedNames(memory: SourcesMemory, { plan, context }: DirtyWork): Promise<readonly string[]> {
  return changedPaths(memory.git, await readGitState(plan.directories.work, context.system))
}
