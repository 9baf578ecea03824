/** Solves the environments of an output, as far as somebody asks about them. */
import type { Platform } from '../../conda/index.js'
import { isBuildError } from '../../errors/index.js'
import type { BuildPlan } from '../../stages/plan-builds/index.js'
import {
  type EnvironmentOptions,
  findAlternatives,
  placeOfSpec,
  type ResolvedDependency,
  type SolvedPlan,
  type SolveOptions,
  solve,
  solveEnvironments,
  specOf,
} from '../../stages/solve-environments/index.js'
import { formatLocation, type Span } from '../../text/index.js'
import type { BuildContext } from '../context.js'
import { inStage } from '../in-stage.js'
import type { SourceTexts } from '../locate-diagnostics.js'
import { withInherited } from '../staging/inherit-run-exports.js'
import { type SolvedStaging, solveStaging } from '../staging/solve-staging.js'
import type { StagingKeys } from '../staging/staging-plan.js'
import type { EnvironmentName, KnownEnvironment, RootSpec } from './types.js'

export interface EnvironmentRequest {
  readonly plan: BuildPlan
  readonly options: SolveOptions
  readonly names: readonly EnvironmentName[]
  readonly texts: SourceTexts
  readonly stagingKeys: StagingKeys
}

/** The environments that have packages, those of a staging output as well. @throws BuildError when one of them cannot be solved */
export async function knownEnvironments(
  request: EnvironmentRequest,
  context: BuildContext,
): Promise<readonly KnownEnvironment[]> {
  const { plan, options, stagingKeys: keys } = request
  const solved = await inStage('solve', () => solveEnvironments(plan, options, context))
  const staging = await inStage('solve', () => solveStaging(plan, { keys, options }, context))
  const known: KnownEnvironment[] = []
  for (const name of request.names) {
    const found =
      name === 'build' || name === 'host'
        ? [prefixEnvironment(name, solved, request, context), staged(name, staging, request, context)]
        : [await tryLater(name, { solved, staging }, request, context)]
    known.push(...found.filter((environment) => environment !== undefined))
  }
  return known
}

function staged(
  name: 'build' | 'host',
  staging: SolvedStaging | undefined,
  request: EnvironmentRequest,
  context: BuildContext,
): KnownEnvironment | undefined {
  if (staging === undefined) return undefined
  const own = { ...request, plan: staging.solved }
  const environment = prefixEnvironment(name, staging.solved, own, context)
  return environment && { ...environment, staging: staging.name }
}

function prefixEnvironment(
  name: 'build' | 'host',
  { environments }: SolvedPlan,
  request: EnvironmentRequest,
  context: BuildContext,
): KnownEnvironment | undefined {
  const environment = environments[name]
  if (!environment) return undefined
  const specs = environment.specs.map((dependency, index) => {
    return toRoot(dependency, { section: name, index }, request)
  })
  const platform = request.plan.platforms[name]
  return { name, specs, records: environment.resolved, alternatives: lookUp(platform, request, context) }
}

interface SolvedParts {
  readonly solved: SolvedPlan
  readonly staging: SolvedStaging | undefined
}

/** An environment that nobody asked for by name may be impossible today: its packages may not be built yet. */
async function tryLater(
  name: 'run' | 'test',
  solved: SolvedParts,
  request: EnvironmentRequest,
  context: BuildContext,
): Promise<KnownEnvironment | undefined> {
  try {
    return await laterEnvironment(name, solved, request, context)
  } catch (error) {
    if (request.names.length === 1 || !isBuildError(error)) throw error
    const text = `the ${name} environment of ${request.plan.id} is left out: ${error.message}`
    context.emit({ type: 'note', output: request.plan.id, text })
    return undefined
  }
}

/** What the package needs when it runs, and for its tests also what they ask for. */
async function laterEnvironment(
  name: 'run' | 'test',
  { solved, staging }: SolvedParts,
  request: EnvironmentRequest,
  context: BuildContext,
): Promise<KnownEnvironment | undefined> {
  const { plan, options } = request
  const ownCount = solved.environments.run.depends.length
  const { depends } = withInherited(solved, staging?.solved.environments.run).environments.run
  const run = depends.map((dependency, index) => {
    const source = index < ownCount ? plan : (staging?.solved ?? plan)
    return toRoot(dependency, { section: 'run', index }, { ...request, plan: source })
  })
  const specs = name === 'run' ? run : [...run, ...testSpecs(request)]
  if (specs.length === 0 || (name === 'test' && specs.length === run.length)) return undefined
  const platform = plan.platforms.host
  const texts = specs.map(({ spec }) => spec)
  const records = await inStage('solve', () =>
    solve(texts, { ...options, platform, environment: name }, context),
  )
  return { name, specs, records, alternatives: lookUp(platform, request, context) }
}

function testSpecs({ plan, texts }: EnvironmentRequest): readonly RootSpec[] {
  return (plan.output.recipe.tests ?? []).flatMap((test, number) => {
    const specs = 'script' in test ? (test.requirements?.run ?? []) : []
    return specs.flatMap((spec, index) => {
      if (typeof spec !== 'string') return []
      const origin = plan.output.provenance.origins.get(`/tests/${number}/requirements/run/${index}`)
      return [{ spec, ...placed(origin?.span, texts), origin: `test ${number + 1}` }]
    })
  })
}

function toRoot(
  dependency: ResolvedDependency,
  at: Parameters<typeof placeOfSpec>[1],
  { plan, texts }: EnvironmentRequest,
): RootSpec {
  const origin = originOf(dependency)
  return {
    spec: specOf(dependency),
    ...placed(placeOfSpec(dependency, at, plan)?.span, texts),
    ...(origin !== undefined && { origin }),
  }
}

function originOf(dependency: ResolvedDependency): string | undefined {
  if ('run_export' in dependency) return `run export of ${dependency.run_export} (${dependency.from})`
  if ('variant' in dependency) return `variant ${dependency.variant}`
  if ('pin_subpackage' in dependency) return 'pin_subpackage'
  return 'pin_compatible' in dependency ? 'pin_compatible' : undefined
}

function placed(span: Span | undefined, texts: SourceTexts): { readonly place?: string } {
  const text = span && texts.get(span.file)
  return span && text !== undefined ? { place: formatLocation(span, text) } : {}
}

function lookUp(
  platform: Platform,
  { options }: EnvironmentRequest,
  context: BuildContext,
): KnownEnvironment['alternatives'] {
  const own: EnvironmentOptions = { ...options, platform }
  return (name) => findAlternatives(name, own, context)
}
