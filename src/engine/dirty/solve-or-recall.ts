/** Chooses the packages of a dirty build: offline, those that the last run chose for the same requirements. */
import { createHash } from 'node:crypto'
import { stripCredentials } from '../../conda/index.js'
import type { BuildPlan } from '../../stages/plan-builds/index.js'
import type { SolvedEnvironment, SolvedPlan } from '../../stages/solve-environments/index.js'
import { canonicalJson } from '../../text/index.js'
import { type StageTools, solveBuild } from '../prepare-build.js'
import type { DirtyBuildOptions } from './dirty-work.js'
import type { DirtyState } from './types.js'

interface RecallWork {
  readonly state: DirtyState
  readonly tools: StageTools
}

/** A lock that was asked for counts more. */
export async function solveOrRecall(
  plan: BuildPlan,
  options: DirtyBuildOptions,
  { state, tools }: RecallWork,
): Promise<SolvedPlan> {
  const { solved } = state
  const isRecalled = options.dirty.isOffline && options.lock === undefined && solved?.asked === askedOf(plan)
  if (!isRecalled || solved === undefined) return solveBuild(plan, options, tools)
  const { environments } = solved
  const text = 'offline: the environments are those of the last run'
  tools.context.emit({ type: 'note', output: plan.id, text })
  const exact = { recorded: environments, located: environments, sources: [] }
  return solveBuild(plan, { ...options, exact }, tools)
}

/** What the next run may take again; no credentials are written to disk. */
export function solutionOf(plan: SolvedPlan): NonNullable<DirtyState['solved']> {
  const { environments } = plan
  return {
    asked: askedOf(plan),
    environments: { ...environments, build: stripped(environments.build), host: stripped(environments.host) },
  }
}

function stripped(environment: SolvedEnvironment | undefined): SolvedEnvironment | undefined {
  if (environment === undefined) return undefined
  const resolved = environment.resolved.map((record) => ({
    ...record,
    url: stripCredentials(record.url),
    channel: stripCredentials(record.channel),
  }))
  return { ...environment, resolved }
}

/** Everything of a plan that decides what its environments hold and what the package depends on. */
function askedOf({ id, output, channels, platforms }: BuildPlan): string {
  const { requirements, build } = output.recipe
  const facts = {
    id,
    requirements,
    isMerged: build.merge_build_and_host_envs,
    noarch: build.noarch,
    variant: output.variant,
    subpackages: output.subpackages,
    channels: channels.map(stripCredentials),
    platforms: [platforms.build.subdir, platforms.host.subdir, platforms.targetSubdir],
  }
  return createHash('sha256').update(canonicalJson(facts)).digest('hex')
}
