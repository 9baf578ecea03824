/** `--dirty-explain`: what a dirty build would reuse, without building. */
import path from 'node:path'
import { withLock } from '../../stages/install-prefixes/index.js'
import type { BuildPlan } from '../../stages/plan-builds/index.js'
import type { BuildRequest } from '../build-request.js'
import type { BuildContext } from '../context.js'
import { inStage } from '../in-stage.js'
import type { SourceTexts } from '../locate-diagnostics.js'
import { planRecipes } from '../plan-recipes.js'
import type { RunStage } from '../prepare-build.js'
import { registerSecrets } from '../register-secrets.js'
import { renderRecipes } from '../render-recipes.js'
import { stagingKeys } from '../staging/staging-plan.js'
import { inDirtyDirectory, lockOf } from './directory.js'
import { directoryInUse } from './errors.js'
import { lookAtLayers } from './look.js'
import { solveOrRecall } from './solve-or-recall.js'
import { fetchFresh } from './sources.js'
import { openState } from './state.js'
import { noDirtyOptions, type Verdict } from './types.js'

/** What a dirty build of one output would do; the names are those of the JSON. */
export interface DirtyExplanation {
  /** Id of the output: `name-version-build`. */
  readonly output: string
  /** The build directory, absolute. */
  readonly directory: string
  /** In the order of the steps; only `all` when nothing can be reused. */
  readonly layers: readonly Verdict[]
  /** Files of the work directory that are not as the script left them, relative to it. */
  readonly modified: readonly string[]
}

type ExplainContext = BuildContext & { readonly sources: SourceTexts }

/** One explanation for each output, in build order. */
export async function explainDirty(
  request: BuildRequest,
  context: ExplainContext,
): Promise<readonly DirtyExplanation[]> {
  const recipes = await renderRecipes(request, context)
  const plans = planRecipes(recipes, request, context.system.clock.now())
  registerSecrets(plans, context)
  const explanations: DirtyExplanation[] = []
  for (const plan of plans) explanations.push(await explainOne(plan, request, { plans, context }))
  return explanations
}

interface ExplainWork {
  readonly plans: readonly BuildPlan[]
  readonly context: BuildContext
}

async function explainOne(
  plan: BuildPlan,
  request: BuildRequest,
  work: ExplainWork,
): Promise<DirtyExplanation> {
  const placed = inDirtyDirectory(plan, request.build.dirty?.intoChannel)
  const { build } = placed.directories
  const about = { output: plan.id, directory: build }
  const { state, discarded } = await openState(placed, work.context)
  // Without a directory there is nothing to lock, and a look leaves no trace.
  if (discarded) return { ...about, layers: [discarded], modified: [] }
  const inUse = (holder: { readonly pid: number } | undefined) => directoryInUse(build, holder?.pid)
  const context = { ...work.context, emit: () => {} }
  return withLock(
    lockOf(placed),
    context,
    async () => {
      const options = optionsOf(request, work.plans)
      const run: RunStage = (_, input, stage) => stage(input)
      const solved = await inStage('solve', () =>
        solveOrRecall(placed, options, { state, tools: { context, run } }),
      )
      const look = await lookAtLayers({ plan: solved, options, context, state, fetch: fetchFresh })
      await context.system.fs.remove(path.join(build, '.build', 'fresh'))
      const { sources, build: buildEnv, host, script, steps, package: packaged, tests, edited } = look
      const layers = [
        sources.verdict,
        ...(buildEnv ? [buildEnv] : []),
        host,
        script,
        ...steps,
        packaged,
        tests,
      ]
      return { ...about, layers, modified: edited }
    },
    inUse,
  )
}

function optionsOf(request: BuildRequest, plans: readonly BuildPlan[]) {
  const { dirty } = request.build
  const names = new Set(plans.map(({ name }) => name))
  const asked = { ...noDirtyOptions, ...dirty, siblings: names }
  const marked = { ...request.build.package, isDirty: true }
  return { ...request.build, package: marked, dirty: asked, stagingKeys: stagingKeys(plans), lock: undefined }
}
