/** Everything that comes before the script: packages chosen and installed, sources in place, notes for `krait debug`. */
import type { StageName } from '../events/index.js'
import type { RenderedSource, Variant } from '../recipe/index.js'
import { fetchSources, type SourcedPlan } from '../stages/fetch-sources/index.js'
import {
  type InstalledPlan,
  installPrefixes,
  type LinkScriptPolicy,
} from '../stages/install-prefixes/index.js'
import type { BuildPlan } from '../stages/plan-builds/index.js'
import type { Isolation } from '../stages/run-script/index.js'
import {
  type ChannelPriority,
  type EnvironmentLock,
  type SolvedEnvironments,
  type SolvedPlan,
  type SolveOptions,
  type SolveStrategy,
  solveEnvironments,
} from '../stages/solve-environments/index.js'
import type { Json } from '../text/index.js'
import type { BuildContext } from './context.js'
import { saveDebugState } from './debug/debug-state.js'
import { withInherited } from './staging/inherit-run-exports.js'
import { type ProvidedStaging, provideStaging, restoreStaging } from './staging/staging-cache.js'
import type { StagingKeys } from './staging/staging-plan.js'
import { createUnpack } from './unpack-package.js'

export interface PrepareOptions {
  readonly channelPriority: ChannelPriority
  readonly solveStrategy: SolveStrategy
  readonly cacheDirectory: string
  readonly linkScripts?: LinkScriptPolicy | undefined
  /** Packages after this time do not exist; milliseconds since the epoch. */
  readonly excludeNewerMs: number | undefined
  /** What the environments are locked to, or shall be. */
  readonly lock?: EnvironmentLock | undefined
  readonly isolation: Isolation
  readonly colors: boolean
  readonly timeoutMs: number | undefined
  readonly requireSecrets: boolean
  readonly strictPatches: boolean
  readonly skipAttestation?: boolean | undefined
  /** Variant keys that count for a staging output, by its name: those that all outputs that inherit from it use. */
  readonly stagingKeys: StagingKeys
  /** What an earlier build was given: nothing is solved, and no branch is asked for. */
  readonly exact?: ExactInputs | undefined
  /** A channel that is asked before the output directory. */
  readonly firstChannel?: string | undefined
}

/** The inputs of an earlier build. */
export interface ExactInputs {
  /** As the package records them. */
  readonly recorded: SolvedEnvironments
  /** The same with URLs that lead to the archives. */
  readonly located: SolvedEnvironments
  readonly sources: readonly RenderedSource[]
  /** Those of the staging output, for an output that inherits from one. */
  readonly staging?: Omit<ExactInputs, 'staging'> & { readonly variant: Variant }
}

/** Runs one stage: announces it, times it, notes the fingerprint of its input. */
export type RunStage = <I extends BuildPlan, O extends BuildPlan>(
  name: StageName,
  input: I,
  stage: (input: I) => Promise<O>,
  facts: (output: O) => { readonly [key: string]: Json },
) => Promise<O>

export interface StageTools {
  readonly context: BuildContext
  readonly run: RunStage
}

/** Fills the prefixes and the work directory of a plan. */
export async function prepareBuild(
  plan: BuildPlan,
  options: PrepareOptions,
  { context, run }: StageTools,
): Promise<SourcedPlan> {
  const solved = await solveBuild(plan, options, { context, run })
  const staged = await provideStaging(plan, solveOptionsOf(plan, options, context), {
    options,
    tools: { context, run },
  })
  const installed = await run(
    'install',
    withStaging(withInherited(solved, staged?.run), staged),
    (input) => installExactly(input, options, context),
    countInstalled,
  )
  if (staged !== undefined) await restoreStaging(installed, staged, context)
  const sourced = await run(
    'sources',
    installed,
    (input) => fetchExactly(input, options, context),
    (output) => ({
      sources: output.sources.length,
      files: output.sources.reduce((sum, { files }) => sum + files, 0),
    }),
  )
  await saveDebugState(sourced, options, context)
  return sourced
}

/** The package says what its staging output was built with. */
function withStaging(plan: SolvedPlan, staged: ProvidedStaging | undefined): SolvedPlan {
  return staged === undefined ? plan : { ...plan, staging: staged.inputs }
}

/** What is recorded stays as it was, wherever the archives lie now. */
async function installExactly(
  plan: SolvedPlan,
  { exact, cacheDirectory, linkScripts }: PrepareOptions,
  context: BuildContext,
): Promise<InstalledPlan> {
  const { environments } = plan
  const installed = await installPrefixes(
    exact === undefined ? plan : { ...plan, environments: exact.located },
    { cacheDirectory, linkScripts },
    context,
  )
  return { ...installed, environments }
}

async function fetchExactly(
  plan: InstalledPlan,
  options: PrepareOptions,
  context: BuildContext,
): Promise<SourcedPlan> {
  const { output } = plan
  const source = options.exact?.sources ?? output.recipe.source
  const request =
    source === undefined ? plan : { ...plan, output: { ...output, recipe: { ...output.recipe, source } } }
  return { ...(await fetchSources(request, options, context)), output }
}

/** Chooses the packages of both environments. */
export function solveBuild(
  plan: BuildPlan,
  options: PrepareOptions,
  { context, run }: StageTools,
): Promise<SolvedPlan> {
  const solveOptions = { ...solveOptionsOf(plan, options, context), lock: options.lock }
  return run(
    'solve',
    plan,
    async (input) =>
      options.exact === undefined
        ? solveEnvironments(input, solveOptions, context)
        : { ...input, environments: options.exact.recorded },
    (output) => ({
      build: output.environments.build?.resolved.length ?? 0,
      host: output.environments.host?.resolved.length ?? 0,
    }),
  )
}

function solveOptionsOf(
  { directories, channels }: BuildPlan,
  options: PrepareOptions,
  context: BuildContext,
): SolveOptions {
  const { channelPriority, solveStrategy, excludeNewerMs, cacheDirectory, firstChannel } = options
  const first = firstChannel === undefined ? [] : [firstChannel]
  return {
    channels: [...first, directories.output, ...channels],
    channelPriority,
    solveStrategy,
    excludeNewerMs,
    cacheDirectory,
    unpack: createUnpack(cacheDirectory, context),
  }
}

/** What the line of the install stage tells. */
export function countInstalled({ prefixes }: InstalledPlan): { readonly [key: string]: Json } {
  const records = [...(prefixes.build?.records ?? []), ...prefixes.host.records]
  return { packages: records.length, files: records.reduce((sum, { files }) => sum + files.length, 0) }
}
