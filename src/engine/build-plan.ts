/** Builds one plan: directories, the stages, the log that stays, cleaning up. */
import path from 'node:path'
import { withLock } from '../stages/install-prefixes/index.js'
import { type BuildPlan, withBuildId } from '../stages/plan-builds/index.js'
import type { TestedPlan } from '../stages/test-package/index.js'
import type { PackagedPlan } from '../stages/write-package/index.js'
import { fingerprint, type StageEntry } from './build-record.js'
import type { BuildContext } from './context.js'
import type { DirtyOptions } from './dirty/types.js'
import { logDirectory } from './log-directory.js'
import { buildPackage, type PipelineOptions } from './pipeline.js'
import type { RunStage } from './prepare-build.js'
import { withRetryCommand } from './retry/retry-command.js'

export interface BuildPlanOptions extends PipelineOptions {
  readonly keepBuild: boolean
  /** Remove the directory of a build that failed. */
  readonly cleansFailure?: boolean
  /** The directory has a fixed name and may hold an earlier build. */
  readonly reusesDirectory: boolean
  /** Absent in ordinary builds. */
  readonly dirty?: DirtyOptions | undefined
}

export interface BuiltPlan {
  /** The tests' environments are locked with the others. */
  readonly lock: BuildPlanOptions['lock']
  readonly packaged: PackagedPlan
  readonly stages: readonly StageEntry[]
  /** Of a `--dirty` build, which knows its tests from the last time or wants to know them for the next one. */
  readonly finished?: {
    readonly tests: TestedPlan['tests'] | undefined
    note(tests: TestedPlan['tests']): Promise<void>
  }
}

/**
 * Builds one package. On success its directory is removed unless `keepBuild`; on failure it stays, so that people can
 * look into it.
 */
export async function buildPlan(
  plan: BuildPlan,
  options: BuildPlanOptions,
  context: BuildContext,
): Promise<BuiltPlan> {
  if (!options.reusesDirectory) {
    const claimed = await claimDirectory(plan, context)
    // Nobody else builds there, but somebody may want to go on with it too early.
    return withLock(`${claimed.directories.build}.lock`, context, () => buildIn(claimed, options, context))
  }
  const { build } = plan.directories
  await context.system.fs.makeDirectory(path.dirname(build))
  // Everybody who leaves the build id out has the same directory.
  return withLock(`${build}.lock`, context, async () => {
    // What an earlier build left there must not get into this package.
    await context.system.fs.remove(build)
    await context.system.fs.makeDirectory(build)
    return buildIn(plan, options, context)
  })
}

async function buildIn(
  plan: BuildPlan,
  options: BuildPlanOptions,
  context: BuildContext,
): Promise<BuiltPlan> {
  const stages: StageEntry[] = []
  await context.system.fs.makeDirectory(plan.directories.work)
  const packaged = await buildPackage(plan, options, {
    context,
    run: stageRunner(plan.id, stages, context),
  }).catch(async (error: unknown) => {
    if (options.cleansFailure && !context.signal.aborted) {
      await context.system.fs.remove(plan.directories.build)
      const removed = `the build directory is removed: ${plan.directories.build}`
      context.emit({ type: 'note', output: plan.id, text: removed })
    }
    const text = `the build directory is kept: ${plan.directories.build}`
    if (context.signal.aborted) context.emit({ type: 'note', output: plan.id, text })
    throw await withRetryCommand(error, plan, context)
  })
  await keepLog(packaged, context)
  if (!options.keepBuild) await context.system.fs.remove(plan.directories.build)
  return { packaged, stages, lock: options.lock }
}

/** Creates the build directory; when another process has taken it in the same second, one with the next number. */
export async function claimDirectory(plan: BuildPlan, { system }: BuildContext): Promise<BuildPlan> {
  await system.fs.makeDirectory(path.dirname(plan.directories.build))
  let claimed = plan
  while (!(await system.fs.createDirectory(claimed.directories.build))) {
    const used = Number(/_(\d+)$/.exec(claimed.directories.build)?.[1] ?? 0)
    claimed = withBuildId(plan, used + 1)
  }
  return claimed
}

/** Stages that an interrupted run must not enter any more are refused before they start. */
export function stageRunner(output: string, stages: StageEntry[], context: BuildContext): RunStage {
  const { clock } = context.system
  return async (name, input, stage, facts) => {
    context.signal.throwIfAborted()
    context.emit({ type: 'stage-started', stage: name, output })
    const started = clock.monotonic()
    const result = await stage(input)
    const ms = clock.monotonic() - started
    stages.push({ stage: name, fingerprint: fingerprint(input), ms })
    context.emit({ type: 'stage-finished', stage: name, output, ms, facts: facts(result) })
    return result
  }
}

/** The script's output outlives the work directory. */
export async function keepLog(plan: PackagedPlan, { system }: BuildContext): Promise<void> {
  if (plan.script.logPath === '') return
  const target = path.join(logDirectory(plan.directories.output), `${plan.id}.log`)
  await system.fs.copyFile(plan.script.logPath, target)
}
