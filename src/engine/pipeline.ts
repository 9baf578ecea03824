/** From a plan to a package: the effectful stages in their order, with the facts that are told when each has finished. */

import type { SourcedPlan } from '../stages/fetch-sources/index.js'
import type { BuildPlan } from '../stages/plan-builds/index.js'
import { createContentRenderer, type runScript, type ScriptResult } from '../stages/run-script/index.js'
import { checkPlanContents } from '../stages/test-package/index.js'
import {
  type PackagedPlan,
  stagePackage,
  type WritePackageOptions,
  writeStagedPackage,
} from '../stages/write-package/index.js'
import type { BuildContext } from './context.js'
import { type PrepareOptions, prepareBuild, type StageTools } from './prepare-build.js'
import { saveNotes, saveProgress } from './retry/notes.js'
import { runGuarded } from './run-guarded.js'

export interface PipelineOptions extends PrepareOptions {
  /** Only in `--dirty` builds: what was kept of the build before. */
  readonly reused?: readonly string[] | undefined
  readonly package: Omit<WritePackageOptions, 'secrets' | 'renderScript' | 'channelPriority'>
}

/** From a plan to a package in the channel directory; the caller tests and indexes it. */
export async function buildPackage(
  plan: BuildPlan,
  options: PipelineOptions,
  { context, run }: StageTools,
): Promise<PackagedPlan> {
  const sourced = await prepareBuild(plan, options, { context, run })
  await saveNotes(sourced, options, context)
  const built = await runBuildScript(sourced, options, { context, run })
  const { script, directories } = built
  const progress = { id: plan.id, notedMs: context.system.clock.now(), script }
  await saveProgress(directories.build, progress, context)
  const packaged = await packageBuilt(built, options, { context, run })
  const { fileName, sha256 } = packaged.artifact
  await saveProgress(directories.build, { ...progress, archive: { fileName, sha256 } }, context)
  return packaged
}

type ScriptCall = Pick<PipelineOptions, 'isolation' | 'colors' | 'timeoutMs' | 'requireSecrets' | 'reused'>
type PackageCall = Pick<PipelineOptions, 'package' | 'channelPriority'>

/** Runs the script where everything it needs is in place. */
export function runBuildScript(
  sourced: SourcedPlan,
  options: ScriptCall,
  { context, run }: StageTools,
  execute?: typeof runScript,
): Promise<ScriptResult> {
  const { isolation, colors, timeoutMs, requireSecrets, reused } = options
  return run(
    'script',
    sourced,
    (input) => runGuarded(input, { isolation, colors, timeoutMs, requireSecrets, reused }, context, execute),
    ({ script }) => ({
      ...(script.interpreter !== undefined && { interpreter: script.interpreter }),
      lines: script.lines,
    }),
  )
}

/** Packages what the script made. */
export function packageBuilt(
  built: ScriptResult,
  options: PackageCall,
  { context, run }: StageTools,
): Promise<PackagedPlan> {
  const packageOptions = packagingOptions(built, options, context)
  return run(
    'package',
    built,
    async (input) => {
      const staged = await stagePackage(input, packageOptions, context)
      checkPlanContents(
        input.output,
        staged.paths.map((entry) => entry._path),
      )
      return writeStagedPackage(input, staged, context)
    },
    ({ artifact }) => ({
      files: artifact.paths.length,
      contentBytes: artifact.contentBytes,
      sizeBytes: artifact.sizeBytes,
      fileName: artifact.fileName,
    }),
  )
}

function packagingOptions(plan: BuildPlan, options: PackageCall, context: BuildContext): WritePackageOptions {
  const render = createContentRenderer({
    platforms: plan.platforms,
    env: (name) => context.system.env.get(name),
    variant: plan.output.variant,
    variables: { ...plan.output.variant, ...plan.output.recipe.context },
  })
  return {
    ...options.package,
    channelPriority: options.channelPriority,
    renderScript: (text) => render({ text }),
    secrets: context.masker.scan(),
  }
}
