/** The steps of a retry: the same as those of a build, with what the build noted in the place of what it decided. */
import path from 'node:path'
import type { SourcedPlan } from '../../stages/fetch-sources/index.js'
import type { ScriptResult } from '../../stages/run-script/index.js'
import type { TestedPlan } from '../../stages/test-package/index.js'
import type { PackagedPlan } from '../../stages/write-package/index.js'
import { keepLog, stageRunner } from '../build-plan.js'
import type { StageEntry } from '../build-record.js'
import type { BuildContext } from '../context.js'
import { dirtyChannel } from '../dirty/directory.js'
import { hashFile } from '../dirty/marks.js'
import { readPrefix } from '../dirty/prefixes.js'
import { clearTraces } from '../dirty/run-dirty-script.js'
import { finishPackage } from '../finish-package.js'
import { packageBuilt, runBuildScript } from '../pipeline.js'
import type { RunStage } from '../prepare-build.js'
import { prepareOutput } from '../prepare-output.js'
import { packageGone } from './errors.js'
import { writeMarked } from './mark-dirty.js'
import { type Progress, type RetryNotes, saveProgress } from './notes.js'
import type { RetryRequest } from './retry-build.js'
import type { RetryStep } from './steps.js'

export interface RetryWork {
  readonly notes: RetryNotes
  readonly progress: Progress
  readonly step: RetryStep
  readonly request: RetryRequest
  readonly context: BuildContext
}

/** A package that passed its tests, in the channel of dirty packages. */
export async function goOn(work: RetryWork): Promise<TestedPlan> {
  const { notes, request, context } = work
  const plan = await placed(work)
  await prepareOutput(dirtyChannel(plan.directories.output), context)
  const stages: StageEntry[] = []
  const run = stageRunner(plan.id, stages, context)
  const packaged = work.step === 'test' ? await markAgain(plan, work) : await packageAgain(plan, run, work)
  await keepLog(packaged, context)
  const options = { ...request.finish, recipeText: notes.recipeText }
  return finishPackage({ packaged, stages, lock: undefined }, options, context)
}

/** The prefixes are what they are now: packages may have been added by hand. */
async function placed({ notes, request, context }: RetryWork): Promise<SourcedPlan> {
  const { plan, hostBaseline } = notes
  const { directories, environments, platforms, id: output } = plan
  const { host, buildPrefix } = directories
  const of = (prefix: string, platform: typeof platforms.host, layer: 'build' | 'host') =>
    readPrefix({ path: prefix, platform, records: environments[layer]?.resolved ?? [], output }, context)
  const build = host === buildPrefix ? undefined : await of(buildPrefix, platforms.build, 'build')
  return {
    ...plan,
    channels: request.channels ?? plan.channels,
    directories: { ...directories, channel: dirtyChannel(directories.output) },
    prefixes: { build, host: await of(host, platforms.host, 'host'), hostBaseline },
  }
}

async function packageAgain(plan: SourcedPlan, run: RunStage, work: RetryWork): Promise<PackagedPlan> {
  const { notes, request, context } = work
  const options = {
    ...notes.options,
    colors: request.colors,
    timeoutMs: request.timeoutMs ?? notes.options.timeoutMs,
    package: { ...notes.options.package, isDirty: true },
    reused: ['sources', 'env', 'prefix', 'work'],
  }
  const built = await builtAgain(plan, { run, options, work })
  const { build } = plan.directories
  const packaged = await packageBuilt(built, options, { context, run })
  await saveProgress(build, { ...scriptProgress(built, context), archive: archiveOf(packaged) }, context)
  return packaged
}

interface Building {
  readonly run: RunStage
  readonly options: Parameters<typeof runBuildScript>[1]
  readonly work: RetryWork
}

async function builtAgain(plan: SourcedPlan, { run, options, work }: Building): Promise<ScriptResult> {
  const { context, progress, step } = work
  const { build } = plan.directories
  const begun = { id: plan.id, notedMs: context.system.clock.now() }
  if (step === 'package' && progress.script !== undefined) {
    await saveProgress(build, { ...begun, script: progress.script }, context)
    return { ...plan, script: progress.script }
  }
  await saveProgress(build, begun, context)
  await clearTraces(plan, context)
  const built = await runBuildScript(plan, options, { context, run })
  await saveProgress(build, scriptProgress(built, context), context)
  return built
}

function scriptProgress({ id, script }: ScriptResult, { system }: BuildContext): Progress {
  return { id, notedMs: system.clock.now(), script }
}

function archiveOf({ artifact: { fileName, sha256 } }: PackagedPlan): NonNullable<Progress['archive']> {
  return { fileName, sha256 }
}

/** Tests read the archive that was made, so that alone gets the mark; the prefix may be something else by now. */
async function markAgain(plan: SourcedPlan, { progress, context }: RetryWork): Promise<PackagedPlan> {
  const { script, archive } = progress
  if (script === undefined || archive === undefined) throw new Error('there is no package to test')
  const file = await findArchive(plan, archive, context)
  if (file === undefined) throw packageGone(plan.id, archive.fileName)
  const packaged = await writeMarked({ ...plan, script }, file, context)
  const noted = { id: plan.id, notedMs: context.system.clock.now(), script }
  await saveProgress(plan.directories.build, { ...noted, archive: archiveOf(packaged) }, context)
  return packaged
}

/** Where the tests leave what failed, and where they put what passed. */
async function findArchive(
  { directories, platforms }: SourcedPlan,
  { fileName, sha256 }: NonNullable<Progress['archive']>,
  { system }: BuildContext,
): Promise<string | undefined> {
  const channels = [dirtyChannel(directories.output), directories.output]
  for (const channel of channels) {
    for (const place of ['broken', 'untested', platforms.targetSubdir]) {
      const file = path.join(channel, place, fileName)
      if ((await system.fs.lstat(file))?.type !== 'file') continue
      if ((await hashFile(file, system.fs)) === sha256) return file
    }
  }
  return undefined
}
