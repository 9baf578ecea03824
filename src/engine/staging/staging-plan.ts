/** Turns the staging output that an output inherits from into a plan of its own (CEP 41; spec: render.md 6.9). */
import type {
  Origin,
  RenderedBuild,
  RenderedRecipe,
  RenderedRequirements,
  RenderedScript,
  RenderedSource,
  RenderedStep,
} from '../../recipe/index.js'
import type { BuildPlan } from '../../stages/plan-builds/index.js'

/** A staging output as rendering leaves it in the recipe of every output that inherits from it. */
export interface StagedOutput {
  readonly name: string
  readonly build?: { readonly script?: RenderedScript; readonly steps?: readonly RenderedStep[] }
  readonly requirements?: RenderedRequirements
  readonly source?: readonly RenderedSource[]
}

/** Those of one output; at most one today. */
export function stagingsOf({ output }: Pick<BuildPlan, 'output'>): readonly StagedOutput[] {
  return (output.recipe.staging_caches ?? []) as unknown as readonly StagedOutput[]
}

/** Variant keys by name of the staging output. */
export type StagingKeys = ReadonlyMap<string, ReadonlySet<string>>

/**
 * What a staging output uses is used by every output that inherits from it, so what only some of them use is not its
 * own: it is built once for all of them.
 */
export function stagingKeys(plans: readonly BuildPlan[]): StagingKeys {
  const keys = new Map<string, Set<string>>()
  for (const plan of plans) {
    const own = new Set(Object.keys(plan.output.variant))
    for (const staging of stagingsOf(plan)) {
      const name = stagingKey(plan, staging)
      const known = keys.get(name)
      keys.set(name, known === undefined ? own : new Set([...known].filter((key) => own.has(key))))
    }
  }
  return keys
}

function stagingKey(plan: BuildPlan, { name }: StagedOutput): string {
  return `${plan.recipePath}\0${name}`
}

/** The same build directories, with the script, requirements and sources of the staging output. */
export function stagingPlan(plan: BuildPlan, staging: StagedOutput, keys: StagingKeys): BuildPlan {
  const { recipe } = plan.output
  const { merge_build_and_host_envs: merged } = recipe.build
  const build: RenderedBuild = {
    string: recipe.build.string,
    // In a recipe with outputs nothing is picked up by its name.
    script: staging.build?.steps === undefined ? (staging.build?.script ?? []) : undefined,
    steps: staging.build?.steps,
    merge_build_and_host_envs: merged,
  } as RenderedBuild
  const staged: RenderedRecipe = {
    schema_version: recipe.schema_version,
    context: recipe.context,
    package: recipe.package,
    source: staging.source ?? [],
    build: withoutAbsent(build),
    requirements: staging.requirements ?? {},
  }
  const used = keys.get(stagingKey(plan, staging))
  const variant = Object.fromEntries(
    Object.entries(plan.output.variant).filter(([key]) => used === undefined || used.has(key)),
  )
  const provenance = { ...plan.output.provenance, origins: stagedOrigins(plan) }
  return { ...plan, output: { ...plan.output, recipe: staged, variant, provenance } }
}

const stagedPointer = '/staging_caches/0/'

/** Where its values are written, so that messages about it show its own lines. */
function stagedOrigins({ output }: BuildPlan): ReadonlyMap<string, Origin> {
  const origins = [...output.provenance.origins].filter(([pointer]) => pointer.startsWith(stagedPointer))
  return new Map(origins.map(([pointer, origin]) => [pointer.slice(stagedPointer.length - 1), origin]))
}

function withoutAbsent<T extends object>(object: T): T {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as T
}
