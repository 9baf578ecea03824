/** Judges every layer of the build before against what a build would begin with now; the work directory stays as it is. */
import path from 'node:path'
import type { SolvedPlan } from '../../stages/solve-environments/index.js'
import { canonicalJson } from '../../text/index.js'
import type { BuildContext } from '../context.js'
import { inStage } from '../in-stage.js'
import { placeOfPackage } from './directory.js'
import { isForced, type LookWork, lookAtSources, type SourcesLook } from './look-at-sources.js'
import { changedPaths, hashFile, markTree } from './marks.js'
import { packageFingerprint } from './package-memory.js'
import { parentsOf } from './plan-sync.js'
import { judgePrefix, recordLines } from './prefixes.js'
import { compareScripts, scriptFacts } from './script-memory.js'
import { countKept, stepVerdicts } from './steps.js'
import type { DirtyState, Verdict } from './types.js'

export interface Look {
  readonly sources: SourcesLook
  /** Undefined when both prefixes are one. */
  readonly build: Verdict | undefined
  readonly host: Verdict
  readonly script: Verdict
  /** Of the reusable steps, when the script runs; the first `kept` of them are skipped. */
  readonly steps: readonly Verdict[]
  readonly kept: number
  readonly package: Verdict
  readonly tests: Verdict
  /** Files of the work directory that are not as the script left them. */
  readonly edited: readonly string[]
}

/** All verdicts, in the order of the steps. */
export async function lookAtLayers(work: LookWork): Promise<Look> {
  const { plan, state } = work
  const sources = await inStage('sources', () => lookAtSources(work))
  const { build, host } = lookAtPrefixes(work)
  const edited = await inStage('sources', () => editedFiles(plan, state, work.context))
  const before = { sources, prefixes: [build, host], edited }
  const script = await inStage('script', () => lookAtScript(work, before))
  const { steps, kept } = await inStage('script', () => lookAtSteps(work, script, before))
  const packaged = await inStage('package', () => lookAtPackage(work, script))
  const tests = lookAtTests(work, packaged)
  return { sources, build, host, script, steps, kept, package: packaged, tests, edited }
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
  const changed = changedPaths(tree.files, now.files)
  const parents = new Set(changed.flatMap(parentsOf))
  // A directory is told of by what changed in it.
  return changed.filter((name) => !parents.has(name))
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
  if (memory.isUnclean) return run('the host prefix was not cleaned before it ran')
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

/** Whatever all steps are given must be the same; then each of them is looked at. */
async function lookAtSteps({ plan, options, context, state }: LookWork, script: Verdict, before: Before) {
  const none = { steps: [], kept: 0 }
  if (script.action === 'reuse') return none
  const { isTimestampGiven } = options.dirty
  const after = await scriptFacts({ plan, options, isTimestampGiven, context }, state)
  if (after.reusable.length === 0) return none
  const verdicts = [before.sources.verdict, ...before.prefixes]
  const isSame = verdicts.every((verdict) => verdict === undefined || verdict.action === 'reuse')
  const isOwn = before.edited.length === 0 && keepsSources(state)
  const isLooked = isSame && isOwn && state.script && !isForced('script', options.dirty)
  const kept = isLooked ? await countKept({ before: state.script, after }, plan, context) : 0
  return { steps: stepVerdicts(kept, after), kept }
}

/** Sources that a script changed are put back before it runs again, so none of its steps can be skipped. */
function keepsSources({ sources }: DirtyState): boolean {
  const { begun, left } = sources ?? {}
  return left !== undefined && canonicalJson(left.contents) === canonicalJson(begun?.contents ?? {})
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

function lookAtTests({ state, options }: LookWork, packaged: Verdict): Verdict {
  const run = (reason: string): Verdict => ({ layer: 'tests', action: 'run', reason, changes: [] })
  if (isForced('test', options.dirty)) return run('you asked for it')
  if (packaged.action !== 'reuse') return run('the package is new')
  if (state.package?.tests === undefined) return run('they have not passed')
  return { layer: 'tests', action: 'reuse', reason: 'passed before', changes: [] }
}
