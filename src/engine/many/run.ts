/** A run of many outputs: what its steps share, and what it needs before the first of them. */
import type { ExitCode } from '../../errors/index.js'
import type { BuildPlan } from '../../stages/plan-builds/index.js'
import type { BuildRequest } from '../build-request.js'
import type { BuildContext } from '../context.js'
import type { SourceTexts } from '../locate-diagnostics.js'
import { createLockSession, type LockSession } from '../lock-file.js'
import { prepareOutput } from '../prepare-output.js'
import type { RenderedRecipe } from '../render-recipes.js'
import { type StagingKeys, stagingKeys } from '../staging/staging-plan.js'
import { findFinished } from './find-finished.js'
import { outputIdentities } from './identity.js'
import { type Journal, openJournal } from './journal.js'
import { type OutputNode, outputGraph } from './output-graph.js'

/** A run that is about to start. */
export interface PreparedRun {
  readonly request: BuildRequest
  readonly recipes: readonly RenderedRecipe[]
  readonly sources: SourceTexts
  readonly startedMs: number
}

/** What the run has come to so far. */
export interface Tally {
  exitCode: ExitCode
  failed: number
  /** Outputs that failed, with those that were skipped for each. */
  readonly failures: Map<string, string[]>
  /** Those that were not started because the run had to end. */
  left: number
  tested: number
  readonly artifacts: { readonly path: string; readonly sizeBytes: number }[]
}

/** Everything the steps of one run share. */
export interface Run extends PreparedRun {
  readonly graph: readonly OutputNode[]
  readonly stagingKeys: StagingKeys
  /** Of all packages that are built. */
  readonly names: ReadonlySet<string>
  /** Outputs that are not built, and why. */
  readonly finished: ReadonlyMap<number, string>
  readonly journal: (Journal & { readonly identities: readonly string[] }) | undefined
  readonly tally: Tally
  readonly locks: LockSession | undefined
  readonly context: BuildContext
}

/** Makes the output directory a channel, and looks which outputs are there already. */
export async function openRun(
  plans: readonly BuildPlan[],
  prepared: PreparedRun,
  context: BuildContext,
): Promise<Run> {
  const { request } = prepared
  const { lock } = request
  const graph = outputGraph(plans)
  await prepareOutput(request.plan.outputDirectory, context)
  const journal = await openRunJournal(graph, prepared, context)
  const finished = await findFinished(graph, { request, identities: journal?.identities }, context)
  const atOnce = Math.min(request.many?.jobs ?? 1, graph.length - finished.size)
  return {
    ...prepared,
    graph,
    stagingKeys: stagingKeys(plans),
    names: new Set(plans.map(({ name }) => name)),
    finished,
    journal,
    tally: { exitCode: 0, failed: 0, failures: new Map(), left: 0, tested: 0, artifacts: [] },
    locks: lock && createLockSession(lock, context.system),
    context: atOnce > 1 ? shareProcessors(context, atOnce) : context,
  }
}

/** Scripts start as many jobs as they are told there are processors: together they must not be more than there are. */
function shareProcessors(context: BuildContext, atOnce: number): BuildContext {
  const { system } = context
  const cpuCount = Math.max(1, Math.floor(system.host.cpuCount / atOnce))
  return { ...context, system: { ...system, host: { ...system.host, cpuCount } } }
}

/** A call for one output can only be repeated; dirty packages are nobody's to go on with. */
async function openRunJournal(
  graph: readonly OutputNode[],
  { request, recipes }: PreparedRun,
  context: BuildContext,
): Promise<Run['journal']> {
  const isOne = graph.length < 2 && request.recipes.below === undefined && !request.many?.resume
  if (isOne || request.build.dirty) return undefined
  const recipeText = (recipePath: string) => textOf(recipePath, recipes)
  const facts = { recipeText, test: request.finish.test, sources: request.build }
  const identities = await outputIdentities(graph, facts, context)
  return { ...(await openJournal(request.plan.outputDirectory, context.system)), identities }
}

/** The text of a recipe of the run. */
export function textOf(recipePath: string, recipes: readonly RenderedRecipe[]): string {
  return recipes.find(({ file }) => file.path === recipePath)?.file.text ?? ''
}
