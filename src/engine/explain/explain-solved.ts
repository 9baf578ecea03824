/** Explains what only solved environments tell: where a run dependency comes from, and who sets a variable. */
import type { BuildPlan } from '../../stages/plan-builds/index.js'
import {
  placeOfSpec,
  type ResolvedDependency,
  type SolvedPlan,
  type SolveOptions,
  solveEnvironments,
  specOf,
} from '../../stages/solve-environments/index.js'
import { closest, formatLocation } from '../../text/index.js'
import type { BuildContext } from '../context.js'
import type { DescribedVariable } from '../environment/types.js'
import { inStage } from '../in-stage.js'
import type { SourceTexts } from '../locate-diagnostics.js'
import { withInherited } from '../staging/inherit-run-exports.js'
import { type SolvedStaging, solveStaging } from '../staging/solve-staging.js'
import type { StagingKeys } from '../staging/staging-plan.js'
import { nameOf } from '../why/find-chains.js'
import { noRunDependency } from './errors.js'
import type { Explanation } from './types.js'

/** `krait explain run.NAME --json`: one dependency of a package, and what caused it. */
export interface RunDependencyExplanation {
  readonly kind: 'run-dependency'
  /** The output: `name-version-build`. */
  readonly id: string
  /** As it will be in the package. */
  readonly spec: string
  readonly cause: 'requirement' | 'variant' | 'pin' | 'run-export'
  /** Of the line in the recipe: for a run export, the one that asks for the package that has it. */
  readonly at?: string
  /** Its key, when the cause is a variant. */
  readonly variant?: string
  /** When the cause is a run export. */
  readonly exporter?: RunExporter
  /** The staging output that it is inherited from. */
  readonly staging?: string
}

/** `krait explain env.NAME --json`: a variable of the build script, and who set it. */
export interface VariableExplanation extends DescribedVariable {
  readonly kind: 'variable'
  /** The output: `name-version-build`. */
  readonly id: string
}

/** `krait explain --json` of one output; `kind` tells what was asked for. */
export type AnyExplanation = Explanation | RunDependencyExplanation | VariableExplanation

/** A package of an environment, and under which heading its run export stands. */
export interface RunExporter {
  readonly name: string
  readonly version: string
  readonly build: string
  readonly environment: 'build' | 'host'
  /** The heading: `weak`, `strong`, `noarch`. */
  readonly strength?: string
}

export interface SolvedRequest {
  readonly plans: readonly BuildPlan[]
  readonly stagingKeys: StagingKeys
  readonly options: Omit<SolveOptions, 'channels'>
  readonly texts: SourceTexts
}

/** Every run dependency that names the package. @throws BuildError `usage/no-run-dependency`, `solve/...` */
export async function explainRunDependency(
  name: string,
  request: SolvedRequest,
  context: BuildContext,
): Promise<readonly RunDependencyExplanation[]> {
  const { plans, texts } = request
  const found: RunDependencyExplanation[] = []
  const names: string[] = []
  const ignored: RunExporter[] = []
  for (const plan of plans) {
    const { solved, staging } = await solveBoth(plan, request, context)
    for (const { dependency, index, source } of runDependencies(solved, staging)) {
      const own = nameOf(specOf(dependency))
      names.push(own)
      if (own === name.toLowerCase()) found.push(explainDependency(dependency, index, { ...source, texts }))
    }
    ignored.push(...exportersOf(name, solved), ...(staging ? exportersOf(name, staging.solved) : []))
  }
  const ids = plans.map(({ id }) => id).join(' or ')
  if (found.length === 0) throw noRunDependency(name, ids, { nearest: closest(name, names), ignored })
  return found
}

/** The output and, when it inherits from one, its staging output. */
async function solveBoth(
  plan: BuildPlan,
  { options, stagingKeys: keys }: SolvedRequest,
  context: BuildContext,
): Promise<{ readonly solved: SolvedPlan; readonly staging: SolvedStaging | undefined }> {
  const { fs } = context.system
  const local = (await fs.stat(plan.directories.output)) ? [plan.directories.output] : []
  const solveOptions = { ...options, channels: [...local, ...plan.channels] }
  return inStage('solve', async () => {
    const solved = await solveEnvironments(plan, solveOptions, context)
    const staging = await solveStaging(plan, { keys, options: solveOptions }, context)
    return { solved, staging }
  })
}

interface RunDependency {
  readonly dependency: ResolvedDependency
  readonly index: number
  readonly source: Omit<DependencySource, 'texts'>
}

/** Own ones first, then those that are inherited. */
function runDependencies(solved: SolvedPlan, staging: SolvedStaging | undefined): readonly RunDependency[] {
  const { depends } = withInherited(solved, staging?.solved.environments.run).environments.run
  const ownCount = solved.environments.run.depends.length
  return depends.map((dependency, index) => {
    const inherited = index < ownCount ? undefined : staging
    return { dependency, index, source: { solved: inherited?.solved ?? solved, staging: inherited?.name } }
  })
}

interface DependencySource {
  /** The plan whose environments export it: that of the staging output when it is inherited. */
  readonly solved: SolvedPlan
  readonly staging: string | undefined
  readonly texts: SourceTexts
}

function explainDependency(
  dependency: ResolvedDependency,
  index: number,
  { solved, staging, texts }: DependencySource,
): RunDependencyExplanation {
  const span = placeOfSpec(dependency, { section: 'run', index }, solved)?.span
  const text = span && texts.get(span.file)
  return {
    kind: 'run-dependency',
    id: solved.id,
    spec: specOf(dependency),
    ...causeOf(dependency, solved),
    ...(staging !== undefined && { staging }),
    ...(span && text !== undefined && { at: formatLocation(span, text) }),
  }
}

function causeOf(
  dependency: ResolvedDependency,
  solved: SolvedPlan,
): Pick<RunDependencyExplanation, 'cause' | 'variant' | 'exporter'> {
  if ('run_export' in dependency) {
    const { run_export: name, from, spec } = dependency
    const exporters = exportersOf(nameOf(spec), solved)
    const exporter = exporters.find((one) => one.name === name && one.environment === from)
    return { cause: 'run-export', ...(exporter && { exporter }) }
  }
  if ('variant' in dependency) return { cause: 'variant', variant: dependency.variant }
  return { cause: 'source' in dependency ? 'requirement' : 'pin' }
}

/** Packages of both environments with a run export that names the package. */
function exportersOf(name: string, { environments }: SolvedPlan): readonly RunExporter[] {
  return (['build', 'host'] as const).flatMap((environment) =>
    (environments[environment]?.resolved ?? []).flatMap((record) => {
      const lists = Object.entries(record.run_exports ?? {})
      return lists.flatMap(([strength, specs]) => {
        if (!specs.some((spec) => nameOf(spec) === name.toLowerCase())) return []
        const { name: exporter, version, build } = record
        return [{ name: exporter, version, build, environment, strength }]
      })
    }),
  )
}
