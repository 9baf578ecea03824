/** The effectful stages in their order, with the facts that are told when each has finished. */
import type { StageName } from '../events/index.js'
import { fetchSources, type SourcedPlan } from '../stages/fetch-sources/index.js'
import { checkLinkedFiles, installPrefixes } from '../stages/install-prefixes/index.js'
import type { BuildPlan } from '../stages/plan-builds/index.js'
import {
  createContentRenderer,
  type Isolation,
  runScript,
  type ScriptOptions,
  type ScriptResult,
} from '../stages/run-script/index.js'
import {
  type ChannelPriority,
  type EnvironmentLock,
  type SolveStrategy,
  solveEnvironments,
} from '../stages/solve-environments/index.js'
import { checkPlanContents } from '../stages/test-package/index.js'
import {
  type PackagedPlan,
  stagePackage,
  type WritePackageOptions,
  writeStagedPackage,
} from '../stages/write-package/index.js'
import type { Json } from '../text/index.js'
import type { BuildContext } from './context.js'

export interface PipelineOptions {
  readonly channelPriority: ChannelPriority
  readonly solveStrategy: SolveStrategy
  readonly cacheDirectory: string
  /** Packages after this time do not exist; milliseconds since the epoch. */
  readonly excludeNewerMs: number | undefined
  /** What the environments are locked to, or shall be. */
  readonly lock?: EnvironmentLock | undefined
  readonly isolation: Isolation
  readonly colors: boolean
  readonly timeoutMs: number | undefined
  readonly requireSecrets: boolean
  readonly package: Omit<WritePackageOptions, 'secrets' | 'renderScript' | 'channelPriority'>
}

/** Runs one stage: announces it, times it, notes the fingerprint of its input. */
export type RunStage = <I extends BuildPlan, O extends BuildPlan>(
  name: StageName,
  input: I,
  stage: (input: I) => Promise<O>,
  facts: (output: O) => { readonly [key: string]: Json },
) => Promise<O>

/** From a plan to a package in the channel directory; the caller tests and indexes it. */
export async function buildPackage(
  plan: BuildPlan,
  options: PipelineOptions,
  { context, run }: { readonly context: BuildContext; readonly run: RunStage },
): Promise<PackagedPlan> {
  const { cacheDirectory } = options
  const solveOptions = {
    channels: [plan.directories.output, ...plan.channels],
    channelPriority: options.channelPriority,
    solveStrategy: options.solveStrategy,
    excludeNewerMs: options.excludeNewerMs,
    cacheDirectory,
    lock: options.lock,
  }
  const solved = await run(
    'solve',
    plan,
    (input) => solveEnvironments(input, solveOptions, context),
    (output) => ({
      build: output.environments.build?.resolved.length ?? 0,
      host: output.environments.host?.resolved.length ?? 0,
    }),
  )
  const installed = await run(
    'install',
    solved,
    (input) => installPrefixes(input, { cacheDirectory }, context),
    (output) => {
      const records = [...(output.prefixes.build?.records ?? []), ...output.prefixes.host.records]
      return { packages: records.length, files: records.reduce((sum, { files }) => sum + files.length, 0) }
    },
  )
  const sourced = await run(
    'sources',
    installed,
    (input) => fetchSources(input, { cacheDirectory }, context),
    (output) => ({
      sources: output.sources.length,
      files: output.sources.reduce((sum, { files }) => sum + files, 0),
    }),
  )
  const { isolation, colors, timeoutMs, requireSecrets } = options
  const built = await run(
    'script',
    sourced,
    (input) => runGuarded(input, { isolation, colors, timeoutMs, requireSecrets }, context),
    ({ script }) => ({
      ...(script.interpreter !== undefined && { interpreter: script.interpreter }),
      lines: script.lines,
    }),
  )
  const packageOptions = packagingOptions(plan, options, context)
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

/** A script that writes through a hard link changes the package cache; the entry is dropped before anybody uses it. */
async function runGuarded(
  plan: SourcedPlan,
  options: ScriptOptions,
  context: BuildContext,
): Promise<ScriptResult> {
  try {
    return await runScript(plan, options, context)
  } finally {
    for (const prefix of [plan.prefixes.host, plan.prefixes.build]) {
      if (prefix) await checkLinkedFiles(prefix, context)
    }
  }
}

function packagingOptions(
  plan: BuildPlan,
  options: PipelineOptions,
  context: BuildContext,
): WritePackageOptions {
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
