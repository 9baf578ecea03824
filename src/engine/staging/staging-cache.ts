/** Builds staging outputs once and puts what they made into the outputs that inherit from them (CEP 41). */
import { createHash } from 'node:crypto'
import path from 'node:path'
import { fetchSources, type SourcedPlan } from '../../stages/fetch-sources/index.js'
import { type InstalledPlan, installPrefixes, withLock } from '../../stages/install-prefixes/index.js'
import type { BuildPlan } from '../../stages/plan-builds/index.js'
import {
  type RunDependencies,
  type SolvedEnvironments,
  type SolvedPlan,
  type SolveOptions,
  type StagingInputs,
  solveEnvironments,
} from '../../stages/solve-environments/index.js'
import { canonicalJson, type Json } from '../../text/index.js'
import type { BuildContext } from '../context.js'
import { saveDebugState } from '../debug/debug-state.js'
import { generatedFiles } from '../generated-files.js'
import type { PrepareOptions, StageTools } from '../prepare-build.js'
import { runGuarded } from '../run-guarded.js'
import { copyStaged, digestTree } from './copy-staged.js'
import { type StagedOutput, stagingPlan, stagingsOf } from './staging-plan.js'

/** A staging output that is there to be restored. */
export interface ProvidedStaging {
  readonly name: string
  /** Absolute; holds `prefix`, `work` and `meta.json`. */
  readonly directory: string
  /** What its build and host packages export to run. */
  readonly run: RunDependencies
  readonly inputs: StagingInputs
}

interface ProvideWork {
  readonly options: PrepareOptions
  readonly tools: StageTools
}

/**
 * Builds the staging output that a plan inherits from, unless the same was built before. It is built in the directories
 * of the plan, which are empty again afterwards.
 * @returns undefined when the plan inherits from none
 */
export async function provideStaging(
  plan: BuildPlan,
  solveOptions: SolveOptions,
  work: ProvideWork,
): Promise<ProvidedStaging | undefined> {
  const [staging] = stagingsOf(plan)
  if (staging === undefined || plan.output.recipe.inherits_from === undefined) return undefined
  const { context } = work.tools
  const { fs } = context.system
  note(`Building or restoring staging cache: ${staging.name}`, plan, context)
  const { exact, stagingKeys } = work.options
  const rendered = stagingPlan(plan, staging, stagingKeys)
  const own =
    exact?.staging === undefined
      ? rendered
      : { ...rendered, output: { ...rendered.output, variant: exact.staging.variant } }
  const solved =
    exact?.staging === undefined
      ? await solveEnvironments(own, solveOptions, context)
      : { ...own, environments: exact.staging.recorded }
  // Only what the sources really are tells whether they have changed.
  const sourced = await fetchStagingSources(solved, work)
  const key = await keyOf(sourced, staging, work)
  note(`Staging cache key: ${key}`, plan, context)
  const directory = path.join(plan.directories.output, 'build_cache', `staging_${key}`)
  await withLock(`${directory}.lock`, context, async () => {
    if ((await fs.stat(path.join(directory, 'meta.json'))) === undefined)
      await buildStaging(sourced, { ...work, directory, staging })
  })
  await fs.remove(plan.directories.work)
  await fs.makeDirectory(plan.directories.work)
  const inputs: StagingInputs = {
    environments: solved.environments,
    sources: sourced.sources.map(({ source }) => source),
    variant: own.output.variant,
  }
  return { name: staging.name, directory, run: solved.environments.run, inputs }
}

function note(text: string, plan: BuildPlan, { emit }: BuildContext): void {
  emit({ type: 'note', output: plan.id, text })
}

type FetchedStaging = SolvedPlan & Pick<SourcedPlan, 'sources'>

async function fetchStagingSources(
  solved: SolvedPlan,
  { options, tools }: ProvideWork,
): Promise<FetchedStaging> {
  const prefixes = {
    build: undefined,
    host: { path: solved.directories.host, subdir: solved.platforms.host.subdir, records: [] },
    hostBaseline: [],
  }
  const exact = options.exact?.staging?.sources
  const { output } = solved
  const asked = exact === undefined ? output : { ...output, recipe: { ...output.recipe, source: exact } }
  const { sources } = await fetchSources({ ...solved, output: asked, prefixes }, options, tools.context)
  return { ...solved, sources }
}

/** Everything that can make another result; paths only by their length, because they are replaced. */
async function keyOf(
  plan: FetchedStaging,
  staging: StagedOutput,
  { options, tools }: ProvideWork,
): Promise<string> {
  const { context } = tools
  const { directories, environments, output, platforms } = plan
  const packages = (records: readonly { readonly url: string; readonly sha256?: string }[] = []) =>
    records.map(({ url, sha256 }) => [url, sha256 ?? ''])
  const facts = {
    version: 1,
    staging,
    context: output.recipe.context,
    variant: Object.entries(output.variant).filter(([key]) => key !== 'target_platform'),
    platforms: [platforms.build.subdir, platforms.host.subdir],
    isolation: options.isolation,
    isMerged: directories.host === directories.buildPrefix,
    build: packages(environments.build?.resolved),
    host: packages(environments.host?.resolved),
    sources: plan.sources.map(({ source }) => ('git' in source ? String(source.rev) : '')),
    work: await digestTree(directories.work, () => false, context),
    // Scripts may read whatever lies beside the recipe; the recipe itself counts by what it renders to.
    recipe: await digestTree(directories.recipe, isRecipeText(plan), context),
    pathLengths: [directories.build, directories.host].map((directory) => Buffer.byteLength(directory)),
  }
  return createHash('sha256')
    .update(canonicalJson(facts as unknown as Json))
    .digest('hex')
}

function isRecipeText({ recipePath, directories }: BuildPlan): (name: string) => boolean {
  const own = path.relative(directories.recipe, recipePath)
  const output = path.relative(directories.recipe, directories.output)
  return (name) => name === own || /^(?:variants|conda_build_config)\.yaml$/.test(name) || name === output
}

/** Where the archives of a rebuild lie now; the key of the cache goes by what is recorded. */
function locatedEnvironments(
  { environments }: FetchedStaging,
  { exact }: PrepareOptions,
): SolvedEnvironments {
  return exact?.staging?.located ?? environments
}

interface BuildStagingWork extends ProvideWork {
  readonly directory: string
  readonly staging: StagedOutput
}

async function buildStaging(plan: FetchedStaging, work: BuildStagingWork): Promise<void> {
  const { options, tools, directory, staging } = work
  const { context } = tools
  const { fs } = context.system
  note(`Building new staging cache: ${staging.name}`, plan, context)
  const installed = await installPrefixes(
    { ...plan, environments: locatedEnvironments(plan, options) },
    options,
    context,
  )
  const sourced = { ...installed, sources: plan.sources }
  await saveDebugState(sourced, options, context)
  const { isolation, colors, timeoutMs, requireSecrets } = options
  const script = { isolation, colors, timeoutMs, requireSecrets, isStaging: true }
  await runGuarded(sourced, script, context)
  const { host, build, work: sources } = plan.directories
  const isOld = new Set(installed.prefixes.hostBaseline)
  await fs.makeDirectory(path.dirname(directory))
  const temporary = await fs.makeTempDirectory(path.dirname(directory), '.staging-')
  try {
    const copy = (from: string, to: string, isKept: (name: string) => boolean) =>
      copyStaged({ from, to: path.join(temporary, to), isKept, moved: undefined }, context)
    const files = await copy(host, 'prefix', (name) => !isOld.has(name))
    const workFiles = await copy(sources, 'work', (name) => !generatedFiles.test(name))
    const meta = { name: staging.name, build_directory: build }
    await fs.writeFile(path.join(temporary, 'meta.json'), `${JSON.stringify(meta)}\n`)
    await fs.remove(directory)
    await fs.rename(temporary, directory)
    note(`Staging cache built with ${files} prefix files and ${workFiles} work dir files`, plan, context)
  } finally {
    await fs.remove(temporary)
  }
}

/** Puts the files of a staging output into the prefix and the work directory; what packages own stays theirs. */
export async function restoreStaging(
  plan: InstalledPlan,
  { name, directory }: ProvidedStaging,
  context: BuildContext,
): Promise<void> {
  const { fs } = context.system
  const { host, work, build } = plan.directories
  const meta = JSON.parse(await fs.readText(path.join(directory, 'meta.json'))) as { build_directory: string }
  const moved = { from: meta.build_directory, to: build }
  const owned = new Set(plan.prefixes.hostBaseline)
  const isKept = (file: string) => !owned.has(file)
  const files = await copyStaged({ from: path.join(directory, 'prefix'), to: host, isKept, moved }, context)
  await copyStaged({ from: path.join(directory, 'work'), to: work, isKept: () => true, moved }, context)
  note(`Restored ${files} files from staging cache '${name}'`, plan, context)
}
