/** Decides which packages the build and host prefixes get, and what the package will depend on (spec: environment.md A.6). */
import type { RenderedRequirement, RenderedRunExports } from '../../recipe/index.js'
import type { StageContext } from '../../system/index.js'
import type { BuildPlan } from '../plan-builds/index.js'
import { collectRunExports, type Exporter, requestedRecords } from './collect-run-exports.js'
import { placeOfSpec } from './place-of-spec.js'
import { fillRunExports } from './read-run-exports.js'
import { resolveRequirements, specOf } from './resolve-requirements.js'
import { findRequested, type SolveOptions, solve } from './solve.js'
import type {
  ChannelRecord,
  ResolvedDependency,
  RunDependencies,
  RunExports,
  SolvedEnvironment,
  SolvedPlan,
} from './types.js'

/**
 * Solves the build environment, then the host environment with what build packages export to it, and derives the run
 * dependencies. Run and test requirements are not solved.
 * @throws BuildError `solve/...`, `channel/...`
 */
export async function solveEnvironments(
  plan: BuildPlan,
  options: SolveOptions,
  context: StageContext,
): Promise<SolvedPlan> {
  const isMerged = plan.output.recipe.build.merge_build_and_host_envs === true
  const work: Work = { plan, options, context }
  const build = isMerged ? noEnvironment : await solveBuild(work)
  const host = await solveHost(work, build, isMerged)
  const run = deriveRun(work, build, host)
  return {
    ...plan,
    environments: { build: build.environment, host: host.environment, run },
  }
}

interface Work {
  readonly plan: BuildPlan
  readonly options: SolveOptions
  readonly context: StageContext
}

interface Solved {
  /** Undefined when there is no spec at all. */
  readonly environment: SolvedEnvironment | undefined
  readonly exporters: readonly Exporter[]
}

const noEnvironment: Solved = { environment: undefined, exporters: [] }

async function solveBuild(work: Work): Promise<Solved> {
  const { plan } = work
  const context = { plan, solved: [], usesVariant: true }
  const specs = resolveRequirements(plan.output.recipe.requirements.build, context)
  return solveEnvironment({ name: 'build', specs, alsoInstalled: [] }, work)
}

async function solveHost(work: Work, build: Solved, isMerged: boolean): Promise<Solved> {
  const { plan } = work
  const { requirements } = plan.output.recipe
  const context = { plan, solved: build.environment?.resolved ?? [], usesVariant: true }
  const rules = { from: 'build', ignore: requirements.ignore_run_exports } as const
  const specs = [
    ...resolveRequirements(requirements.host, context),
    ...collectRunExports(build.exporters, ['strong'], rules),
  ]
  const alsoInstalled = isMerged ? resolveRequirements(requirements.build, context) : []
  return solveEnvironment({ name: 'host', specs, alsoInstalled }, work)
}

interface EnvironmentRequest {
  readonly name: 'build' | 'host'
  readonly specs: readonly ResolvedDependency[]
  /** Installed with the others, but neither listed nor asked for exports: the build specs of merged environments. */
  readonly alsoInstalled: readonly ResolvedDependency[]
}

async function solveEnvironment(request: EnvironmentRequest, work: Work): Promise<Solved> {
  const { plan, options, context } = work
  const { name, specs, alsoInstalled } = request
  const texts = [...alsoInstalled, ...specs].map(specOf)
  if (texts.length === 0) return noEnvironment
  const platform = plan.platforms[name]
  const places = [
    ...alsoInstalled.map((dependency, index) => placeOfSpec(dependency, { section: 'build', index }, plan)),
    ...specs.map((dependency, index) => placeOfSpec(dependency, { section: name, index }, plan)),
  ]
  const solveOptions = {
    ...options,
    platform,
    environment: name,
    placeOf: (position: number) => places[position],
  }
  const records = await solve(texts, solveOptions, context)
  const requested = requestedRecords(specs, records)
  const resolved = await fillRunExports(
    records,
    { needed: requested, cacheDirectory: options.cacheDirectory, unpack: options.unpack },
    context,
  )
  emitResolved(request, resolved, work)
  const names = new Set(requested.map((record) => record.name))
  const exporters = requestedRecords(specs, resolved)
    .filter((record) => names.has(record.name))
    .map((record) => ({ name: record.name, runExports: record.run_exports ?? {} }))
  return { environment: { specs, resolved }, exporters }
}

function emitResolved(
  { name, specs }: EnvironmentRequest,
  records: readonly ChannelRecord[],
  { plan, context }: Work,
): void {
  for (const dependency of specs) {
    const spec = specOf(dependency)
    const record = findRequested(spec, records)
    if (!record) continue
    const text = `${record.name} ${record.version} ${record.build}`
    context.emit({ type: 'spec-resolved', output: plan.id, environment: name, spec, record: text })
  }
}

function deriveRun({ plan }: Work, build: Solved, host: Solved): RunDependencies {
  const { requirements, build: buildSection } = plan.output.recipe
  const ignore = requirements.ignore_run_exports
  const isNoarch = buildSection.noarch !== undefined
  const fromBuild = { from: 'build', ignore } as const
  const fromHost = { from: 'host', ignore } as const
  const solved = [...(host.environment?.resolved ?? []), ...(build.environment?.resolved ?? [])]
  const resolve = (list: readonly RenderedRequirement[] | undefined) =>
    resolveRequirements(list, { plan, solved, usesVariant: false })
  const exported = isNoarch
    ? collectRunExports(host.exporters, ['noarch'], fromHost)
    : [
        ...collectRunExports(build.exporters, ['strong'], fromBuild),
        ...collectRunExports(host.exporters, ['weak', 'strong'], fromHost),
      ]
  const exportedConstraints = isNoarch
    ? []
    : [
        ...collectRunExports(build.exporters, ['strong_constrains'], fromBuild),
        ...collectRunExports(host.exporters, ['weak_constrains', 'strong_constrains'], fromHost),
      ]
  const runExports = resolveRunExports(requirements.run_exports, (list) => resolve(list).map(specOf))
  return {
    depends: [...resolve(requirements.run), ...exported],
    constraints: [...resolve(requirements.run_constraints), ...exportedConstraints],
    ...(runExports && { run_exports: runExports }),
    ...(requirements.extras && { extra_depends: mapValues(requirements.extras, resolve) }),
  }
}

/** `constraints` in recipes is `constrains` in packages; empty kinds are left out. */
function resolveRunExports(
  rendered: RenderedRunExports | undefined,
  toSpecs: (list: readonly RenderedRequirement[] | undefined) => readonly string[],
): RunExports | undefined {
  const kinds: readonly (readonly [keyof RunExports, readonly string[]])[] = [
    ['weak', toSpecs(rendered?.weak)],
    ['strong', toSpecs(rendered?.strong)],
    ['noarch', toSpecs(rendered?.noarch)],
    ['weak_constrains', toSpecs(rendered?.weak_constraints)],
    ['strong_constrains', toSpecs(rendered?.strong_constraints)],
  ]
  const filled = kinds.filter(([, specs]) => specs.length > 0)
  return filled.length > 0 ? Object.fromEntries(filled) : undefined
}

function mapValues<T, R>(
  record: { readonly [key: string]: T },
  map: (value: T) => R,
): { readonly [key: string]: R } {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]))
}
