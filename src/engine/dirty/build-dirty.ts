/** `--dirty`: a build that goes on where the last one ended, as far as nothing it depends on has changed. */
import { withLock } from '../../stages/install-prefixes/index.js'
import { type BuildPlan, neededNames } from '../../stages/plan-builds/index.js'
import type { SolvedPlan } from '../../stages/solve-environments/index.js'
import type { PackagedPlan } from '../../stages/write-package/index.js'
import { type BuiltPlan, keepLog, stageRunner } from '../build-plan.js'
import type { StageEntry } from '../build-record.js'
import type { BuildContext } from '../context.js'
import { inStage } from '../in-stage.js'
import { buildPackage, packageBuilt } from '../pipeline.js'
import { prepareOutput } from '../prepare-output.js'
import { removeNotes, saveNotes, saveProgress } from '../retry/notes.js'
import { withRetryCommand } from '../retry/retry-command.js'
import { inDirtyDirectory, lockOf, placeOfPackage } from './directory.js'
import type { DirtyBuildOptions } from './dirty-work.js'
import { directoryInUse } from './errors.js'
import { type Look, lookAtLayers } from './look.js'
import { noteWarnings, packageFingerprint } from './package-memory.js'
import { keptResult, runDirtyScript } from './run-dirty-script.js'
import { solutionOf, solveOrRecall } from './solve-or-recall.js'
import { fetchFresh, type SourcesWork } from './sources.js'
import { openState, saveState } from './state.js'
import type { DirtyState, Verdict } from './types.js'

/** Builds in the directory that is kept for this recipe and variant. @throws BuildError `usage/directory-in-use` */
export async function buildDirty(
  plan: BuildPlan,
  options: DirtyBuildOptions,
  context: BuildContext,
): Promise<BuiltPlan | 'unpackaged'> {
  const placed = inDirtyDirectory(plan, options.dirty.intoChannel)
  const { build, output, channel = output } = placed.directories
  await prepareOutput(channel, context)
  const needsSibling = [...neededNames(plan.output)].some((name) => options.dirty.siblings.has(name))
  const marked: DirtyBuildOptions = {
    ...options,
    package: { ...options.package, isDirty: true },
    firstChannel: needsSibling ? channel : undefined,
  }
  const hasStaging = plan.output.recipe.inherits_from !== undefined
  return withLock(
    lockOf(placed),
    context,
    async () => {
      try {
        return await (hasStaging ? buildAnew(placed, marked, context) : goOn(placed, marked, context))
      } catch (error) {
        throw await withRetryCommand(error, placed, context)
      }
    },
    (holder) => directoryInUse(build, holder?.pid),
  )
}

/** What a staging output made is kept by its own fingerprint; the outputs that inherit from it are built on top. */
async function buildAnew(
  plan: BuildPlan,
  options: DirtyBuildOptions,
  context: BuildContext,
): Promise<BuiltPlan> {
  const { fs } = context.system
  const reason = 'the output inherits from a staging output, which has a cache of its own'
  tell([{ layer: 'all', action: 'discard', reason, changes: [] }], plan, context)
  await fs.remove(plan.directories.build)
  await fs.makeDirectory(plan.directories.work)
  const stages: StageEntry[] = []
  const run = stageRunner(plan.id, stages, context)
  const packaged = await buildPackage(plan, { ...options, reused: [] }, { context, run })
  await keepLog(packaged, context)
  return { packaged, stages, lock: options.lock }
}

function tell(verdicts: readonly (Verdict | undefined)[], { id }: BuildPlan, { emit }: BuildContext): void {
  for (const verdict of verdicts) if (verdict) emit({ type: 'layer-judged', output: id, ...verdict })
}

async function goOn(
  plan: BuildPlan,
  options: DirtyBuildOptions,
  context: BuildContext,
): Promise<BuiltPlan | 'unpackaged'> {
  const stages: StageEntry[] = []
  const run = stageRunner(plan.id, stages, context)
  const { build } = plan.directories
  const opened = await openState(plan, context)
  if (opened.discarded) {
    tell([opened.discarded], plan, context)
    await context.system.fs.remove(build)
    await context.system.fs.makeDirectory(build)
    await saveState(build, opened.state, context)
  }
  await removeNotes(build, context)
  const solved = await solveOrRecall(plan, options, { state: opened.state, tools: { context, run } })
  const fetch = (work: SourcesWork) => fetchAsStage(work, run)
  const state: DirtyState = { ...opened.state, solved: solutionOf(solved) }
  const look = await lookAtLayers({ plan: solved, options, context, state, fetch })
  tell([look.sources.verdict, look.build, look.host, look.script, ...look.steps], plan, context)
  const isKept = look.script.action === 'reuse'
  const settled = isKept
    ? await inStage('sources', () => settleSources(look, state, { plan, context }))
    : state
  const work = { plan: solved, options, context, run, state: settled, look, fetch }
  const built = await (isKept
    ? inStage('install', () => keptResult(work))
    : inStage('script', () => runDirtyScript(work)))
  if (options.dirty.keepsPrefix) {
    const text = 'nothing is packaged: the host prefix was not cleaned (--dirty-keep-prefix)'
    context.emit({ type: 'note', output: plan.id, text })
    return 'unpackaged'
  }
  tell([look.package, look.tests], plan, context)
  return inStage('package', () => packageOrKeep({ ...work, built, stages }))
}

/** Sources that were fetched and turned out to be the same need not be fetched the next time. */
async function settleSources(
  { sources }: Look,
  state: DirtyState,
  { plan, context }: { readonly plan: BuildPlan; readonly context: BuildContext },
): Promise<DirtyState> {
  if (sources.kind !== 'synced') return state
  await context.system.fs.remove(sources.fresh.directory)
  const { entries, patches, origins } = sources.facts
  const memory = { ...sources.memory, entries, patches, origins, fetched: sources.fresh.fetched }
  return saveState(plan.directories.build, { ...state, sources: memory }, context)
}

/** Sources are fetched aside, so that they can be compared with what is there. */
async function fetchAsStage(work: SourcesWork, run: ReturnType<typeof stageRunner>) {
  const { fresh } = await run(
    'sources',
    work.plan,
    async (input) => ({ ...input, fresh: await fetchFresh(work) }),
    (output) => ({
      sources: output.fresh.fetched.length,
      files: output.fresh.fetched.reduce((sum, { files }) => sum + files, 0),
    }),
  )
  return fresh
}

interface PackageWork {
  readonly plan: SolvedPlan
  readonly options: DirtyBuildOptions
  readonly context: BuildContext
  readonly run: ReturnType<typeof stageRunner>
  readonly look: Look
  readonly built: Awaited<ReturnType<typeof runDirtyScript>>
  readonly stages: readonly StageEntry[]
}

async function packageOrKeep(work: PackageWork): Promise<BuiltPlan> {
  const { plan, options, context, look, built, stages } = work
  const { state } = built
  const { build } = plan.directories
  const kept = state.package
  if (look.package.action === 'reuse' && kept) {
    for (const warning of kept.warnings) context.emit(warning)
    const packaged: PackagedPlan = { ...built.plan, artifact: kept.artifact }
    const tests = look.tests.action === 'reuse' ? kept.tests : undefined
    return { packaged, stages, lock: options.lock, finished: finishing(tests, state, plan, context) }
  }
  const started = await saveState(build, { ...state, phase: 'package', package: undefined }, context)
  const fingerprint = await packageFingerprint(plan, options, { state: started, context })
  await saveNotes(built.plan, options, context)
  const progress = { id: plan.id, notedMs: context.system.clock.now(), script: built.plan.script }
  await saveProgress(build, progress, context)
  const { noting, warnings } = noteWarnings(context)
  const packaged = await packageBuilt(built.plan, options, { context: noting, run: work.run })
  const { fileName, sha256 } = packaged.artifact
  await saveProgress(build, { ...progress, archive: { fileName, sha256 } }, context)
  await keepLog(packaged, context)
  const artifact = { ...packaged.artifact, path: placeOfPackage(plan) }
  const done: DirtyState = {
    ...started,
    phase: 'done',
    package: { fingerprint, artifact, warnings },
  }
  await saveState(build, done, context)
  return { packaged, stages, lock: options.lock, finished: finishing(undefined, done, plan, context) }
}

function finishing(
  tests: NonNullable<BuiltPlan['finished']>['tests'],
  state: DirtyState,
  plan: SolvedPlan,
  context: BuildContext,
): NonNullable<BuiltPlan['finished']> {
  return {
    tests,
    note: async (passed) => {
      // Another build may have come in between; its package is another one.
      const { state: current } = await openState(plan, context)
      if (passed.skipped !== undefined || current.package === undefined) return
      if (current.package.artifact.sha256 !== state.package?.artifact.sha256) return
      const next = { ...current, package: { ...current.package, tests: passed } }
      await saveState(plan.directories.build, next, context)
    },
  }
}
