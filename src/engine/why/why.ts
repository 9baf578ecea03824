/** Decides why a package is in the environments of some outputs (`krait why`). */
import type { BuildPlan } from '../../stages/plan-builds/index.js'
import type { SolveOptions } from '../../stages/solve-environments/index.js'
import { closest } from '../../text/index.js'
import type { BuildContext } from '../context.js'
import type { SourceTexts } from '../locate-diagnostics.js'
import type { StagingKeys } from '../staging/staging-plan.js'
import { notInEnvironments } from './errors.js'
import { findChains, findNewer } from './find-chains.js'
import { knownEnvironments } from './known-environments.js'
import { type EnvironmentName, environmentNames, type KnownEnvironment, type Reason } from './types.js'

export interface WhyRequest {
  readonly plans: readonly BuildPlan[]
  readonly stagingKeys: StagingKeys
  /** Without channels: each plan has its own. */
  readonly options: Omit<SolveOptions, 'channels'>
  /** All environments when absent. */
  readonly environment: EnvironmentName | undefined
  readonly texts: SourceTexts
}

/**
 * One reason for each output and environment that has the package.
 * @throws BuildError `usage/not-in-environments` when none has it, or what keeps an environment from being solved
 */
export async function findReasons(
  name: string,
  request: WhyRequest,
  context: BuildContext,
): Promise<readonly Reason[]> {
  const wanted = name.toLowerCase()
  const reasons: Reason[] = []
  const names = new Set<string>()
  for (const plan of request.plans) {
    for (const environment of await environmentsOf(plan, request, context)) {
      for (const record of environment.records) names.add(record.name)
      const reason = await reasonFor(wanted, environment, plan)
      if (reason) reasons.push(reason)
    }
  }
  if (reasons.length === 0) throw notInEnvironments(name, request.environment, closest(wanted, [...names]))
  return reasons
}

async function environmentsOf(
  plan: BuildPlan,
  { options, environment, texts, stagingKeys }: WhyRequest,
  context: BuildContext,
): Promise<readonly KnownEnvironment[]> {
  const { fs } = context.system
  const local = (await fs.stat(plan.directories.output)) ? [plan.directories.output] : []
  const solveOptions = { ...options, channels: [...local, ...plan.channels] }
  const names = environment === undefined ? environmentNames : [environment]
  return knownEnvironments({ plan, options: solveOptions, names, texts, stagingKeys }, context)
}

async function reasonFor(
  name: string,
  environment: KnownEnvironment,
  plan: BuildPlan,
): Promise<Reason | undefined> {
  const record = environment.records.find((candidate) => candidate.name === name)
  if (!record) return undefined
  const alternatives = await environment.alternatives(name)
  return {
    output: plan.id,
    environment: environment.name,
    ...(environment.staging !== undefined && { staging: environment.staging }),
    package: { name, version: record.version, build: record.build, channel: record.channel },
    chains: findChains(name, environment),
    newer: findNewer(record, alternatives, environment),
    versions: new Set(alternatives.map(({ version }) => version)).size,
  }
}
