/** Makes the directories of a dirty build what a script may rely on, and runs it in them. */
import path from 'node:path'
import type { InstalledPlan } from '../../stages/install-prefixes/index.js'
import type { ScriptResult } from '../../stages/run-script/index.js'
import type { SolvedPlan } from '../../stages/solve-environments/index.js'
import type { BuildContext } from '../context.js'
import { saveDebugState } from '../debug/debug-state.js'
import { generatedFiles } from '../generated-files.js'
import { inStage } from '../in-stage.js'
import { runBuildScript } from '../pipeline.js'
import { countInstalled } from '../prepare-build.js'
import { saveNotes } from '../retry/notes.js'
import { bringSources } from './bring-sources.js'
import type { DirtyWork } from './dirty-work.js'
import { type Look, markWork, recordsOf } from './look.js'
import { type Marks, markTree, readContents } from './marks.js'
import { bringPrefix, type PrefixLayer, type ReadyPrefix, readPrefix } from './prefixes.js'
import { scriptFacts } from './script-memory.js'
import { saveState } from './state.js'
import { inSteps, trimPrefix } from './steps.js'
import type { DirtyState, Verdict } from './types.js'

export interface DirtyResult {
  readonly plan: ScriptResult
  readonly state: DirtyState
}

/** What the script made the last time, as if it had just ended. */
export async function keptResult({ plan, state, context }: DirtyWork): Promise<DirtyResult> {
  const { script, sources } = state
  if (script?.result === undefined || sources === undefined) throw new Error('nothing was proven to be there')
  const build = isMerged(plan) ? undefined : await readPrefix(requestOf(plan, 'build env'), context)
  const host = await readPrefix(requestOf(plan, 'host env'), context)
  const installed = { ...plan, prefixes: { build, host, hostBaseline: baselineOf(state) } }
  return { plan: { ...installed, sources: sources.fetched, script: script.result }, state }
}

function isMerged({ directories }: SolvedPlan): boolean {
  return directories.host === directories.buildPrefix
}

/** Every path of the host prefix before the script. */
function baselineOf(state: DirtyState): readonly string[] {
  return Object.keys(state.prefixes.host?.marks.files ?? {})
}

function requestOf(plan: SolvedPlan, layer: PrefixLayer) {
  const { directories, platforms } = plan
  const records = recordsOf(plan, layer)
  if (layer === 'build env') {
    return { path: directories.buildPrefix, platform: platforms.build, records, output: plan.id }
  }
  return { path: directories.host, platform: platforms.host, records, output: plan.id }
}

/** Prefixes, sources, script, in this order; the notes say after each of them how far it came. */
export async function runDirtyScript(work: DirtyWork): Promise<DirtyResult> {
  const { plan, options, context, look, run } = work
  const { build } = plan.directories
  const save = (state: DirtyState) => saveState(build, state, context)
  const { installed, state: afterInstall } = await inStage('install', () => install(work, save))
  const begun = await save({ ...afterInstall, phase: 'sources', script: undefined, package: undefined })
  const sources = await inStage('sources', () => bringSources(work))
  const sourced = { ...installed, sources: sources.fetched }
  await saveDebugState(sourced, options, context)
  await saveNotes(sourced, options, context)
  await clearTraces(plan, context)
  const { isTimestampGiven } = options.dirty
  const script = await scriptFacts({ plan, options, isTimestampGiven, context }, work.state)
  const steps = work.state.script?.steps?.slice(0, look.kept) ?? []
  const isUnclean = isLeft(work)
  let ready = await save({ ...begun, phase: 'script', sources, script: { ...script, steps, isUnclean } })
  const note = async (result?: ScriptResult) => save(await afterScript(ready, result, { plan, context }))
  const noteStep = async (left: Marks) => {
    const known = ready.script?.steps ?? []
    // What stale files are among them, nobody knows.
    if (!isUnclean) ready = await save({ ...ready, script: { ...script, steps: [...known, left] } })
  }
  try {
    const told = { ...options, reused: reusedOf(look) }
    const execute = inSteps({ kept: look.kept, reusable: script.reusable.length, note: noteStep })
    const result = await runBuildScript(sourced, told, { context, run }, execute)
    return { plan: result, state: await note(result) }
  } catch (error) {
    await note()
    throw error
  }
}

type Save = (state: DirtyState) => Promise<DirtyState>

/** A prefix that is worked on is no memory any more: when the work breaks off, it is made anew. */
async function install(work: DirtyWork, save: Save) {
  const { plan, options, context, look, state, run } = work
  const bring = (layer: PrefixLayer, verdict: Verdict, memory: DirtyState['prefixes']['host']) =>
    bringPrefix({
      request: requestOf(plan, layer),
      memory,
      verdict,
      cacheDirectory: options.cacheDirectory,
      linkScripts: options.linkScripts,
      context,
    })
  const { prefixes } = state
  const memories: { build?: typeof prefixes.build; host?: typeof prefixes.host } = {}
  const fill = async (input: SolvedPlan): Promise<InstalledPlan> => {
    await save({ ...state, phase: 'environments', prefixes: {}, script: undefined, package: undefined })
    const build = look.build && (await bring('build env', look.build, prefixes.build))
    const host = await (isLeft(work)
      ? leaveHost(work)
      : look.kept > 0
        ? trimHost(work)
        : bring('host env', look.host, prefixes.host))
    memories.build = build?.memory
    memories.host = host.memory
    for (const [layer, ready] of [['build env', build] as const, ['host env', host] as const]) {
      if (ready && ready.cleaned > 0) noteCleaned(layer, ready.cleaned, work)
    }
    const hostBaseline = Object.keys(host.memory.marks.files)
    return { ...input, prefixes: { build: build?.prefix, host: host.prefix, hostBaseline } }
  }
  const isReused = [look.build, look.host].every(
    (verdict) => verdict === undefined || verdict.action === 'reuse',
  )
  const installed = isReused ? await fill(plan) : await run('install', plan, fill, countInstalled)
  return { installed, state: { ...state, prefixes: memories } }
}

/** Stale files cost nothing where nothing is packaged. */
function isLeft({ options, look, state }: DirtyWork): boolean {
  return options.dirty.keepsPrefix && look.host.action === 'reuse' && state.prefixes.host !== undefined
}

async function leaveHost({ plan, state, context }: DirtyWork): Promise<ReadyPrefix> {
  if (state.prefixes.host === undefined) throw new Error('nothing was proven to be there')
  const prefix = await readPrefix(requestOf(plan, 'host env'), context)
  return { prefix, memory: state.prefixes.host, cleaned: 0 }
}

/** The host prefix as the last step that is skipped left it. */
async function trimHost({ plan, look, state, context }: DirtyWork): Promise<ReadyPrefix> {
  const { script, prefixes } = state
  const left = script?.steps?.[look.kept - 1]
  if (left === undefined || prefixes.host === undefined) throw new Error('nothing was proven to be there')
  await trimPrefix(plan, left, context)
  const prefix = await readPrefix(requestOf(plan, 'host env'), context)
  return { prefix, memory: prefixes.host, cleaned: 0 }
}

function noteCleaned(layer: PrefixLayer, count: number, { plan, context }: DirtyWork): void {
  const what = count === 1 ? '1 path' : `${count} paths`
  context.emit({ type: 'note', output: plan.id, text: `clean ${layer}: ${what} put back as installed` })
}

/** What a script of the run before left for krait or for pip must not be taken for what this one says. */
export async function clearTraces(
  { directories }: Pick<SolvedPlan, 'directories'>,
  { system }: BuildContext,
): Promise<void> {
  const { build, work } = directories
  for (const name of await system.fs.list(work)) {
    if (generatedFiles.test(name) && name !== '.source_info.json')
      await system.fs.remove(path.join(work, name))
  }
  await system.fs.remove(path.join(build, '.rattler-build-package-files'))
  await system.fs.remove(path.join(build, 'pip_cache'))
}

function reusedOf({ sources, build, host }: Look): readonly string[] {
  return [
    ...(sources.verdict.action === 'reuse' ? ['sources'] : []),
    ...((build ?? host).action === 'reuse' ? ['env'] : []),
    ...(host.action === 'reuse' ? ['prefix'] : []),
    ...(sources.kind === 'replaced' ? [] : ['work']),
  ]
}

/** Whatever the script did, the next run must know what of it the script did. */
async function afterScript(
  state: DirtyState,
  result: ScriptResult | undefined,
  { plan, context }: { readonly plan: SolvedPlan; readonly context: BuildContext },
): Promise<DirtyState> {
  const { sources, script } = state
  const { system } = context
  if (sources === undefined || script === undefined) return state
  const { work, host } = plan.directories
  const names = Object.keys(sources.baseline)
  const left = await readContents(work, names, { known: sources.begun, system })
  const tree = await markWork(work, system)
  const ended = result && { result: result.script, prefix: await markTree(host, system) }
  return { ...state, sources: { ...sources, left, tree }, script: { ...script, ...ended } }
}
