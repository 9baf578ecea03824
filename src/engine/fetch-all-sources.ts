/** Fetches the sources of all outputs and variants, each once, so that they can be built without a network. */
import type { RenderedSource } from '../recipe/index.js'
import { atSource, type CachedSource, cacheSource, sourceIdentity } from '../stages/fetch-sources/index.js'
import type { BuildPlan } from '../stages/plan-builds/index.js'
import type { BuildContext } from './context.js'
import { stagingsOf } from './staging/staging-plan.js'

/** A source and the outputs that use it. */
export interface FetchedForOutputs extends CachedSource {
  /** Ids, `name-version-build`. */
  readonly outputs: readonly string[]
}

/** @throws BuildError `source/...` for the first source that cannot be had */
export async function fetchAllSources(
  plans: readonly BuildPlan[],
  options: { readonly cacheDirectory: string },
  context: BuildContext,
): Promise<readonly FetchedForOutputs[]> {
  const wanted = new Map<string, { source: RenderedSource; plan: BuildPlan; outputs: string[] }>()
  for (const plan of plans) {
    const staged = stagingsOf(plan).flatMap(({ source }) => source ?? [])
    for (const source of [...staged, ...(plan.output.recipe.source ?? [])]) {
      // Paths are relative to the recipe.
      const key = `${plan.directories.recipe}\0${sourceIdentity(source)}`
      const known = wanted.get(key)
      if (known === undefined) wanted.set(key, { source, plan, outputs: [plan.id] })
      else if (!known.outputs.includes(plan.id)) known.outputs.push(plan.id)
    }
  }
  const fetched: FetchedForOutputs[] = []
  for (const { source, plan, outputs } of wanted.values()) {
    context.signal.throwIfAborted()
    const { recipe, provenance } = plan.output
    const cached = await cacheSource(source, plan, { options, context }).catch((error: unknown) => {
      throw atSource(error, {
        source,
        index: (recipe.source ?? []).indexOf(source),
        origins: provenance.origins,
      })
    })
    fetched.push({ ...cached, outputs })
  }
  return fetched
}
