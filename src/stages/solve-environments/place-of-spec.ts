/** Finds where in the recipe the specs of an environment are written, for messages. */
import type { Span } from '../../text/index.js'
import type { BuildPlan } from '../plan-builds/index.js'
import type { SpecPlace } from './errors.js'
import { specOf } from './resolve-requirements.js'
import type { ResolvedDependency } from './types.js'

/** The place of the dependency at `index` of a section; a run export is where its package is asked for. */
export function placeOfSpec(
  dependency: ResolvedDependency,
  { section, index }: { readonly section: 'build' | 'host' | 'run'; readonly index: number },
  plan: BuildPlan,
): SpecPlace | undefined {
  if ('run_export' in dependency) {
    const { from, run_export: name, spec } = dependency
    const exporter = (plan.output.recipe.requirements[from] ?? []).findIndex(
      (item) => typeof item === 'string' && nameOf(item) === name,
    )
    const span = exporter < 0 ? undefined : spanAt(`/requirements/${from}/${exporter}`, plan)
    return span && { span, label: `exports ${spec}` }
  }
  const span = spanAt(`/requirements/${section}/${index}`, plan)
  return span && { span, label: 'source' in dependency ? '' : specOf(dependency) }
}

function nameOf(spec: string): string | undefined {
  return /^(?:.*::)?([^\s<>=!~[]+)/.exec(spec)?.[1]?.toLowerCase()
}

/** The span of a value, or of its first part. */
function spanAt(pointer: string, { output }: BuildPlan): Span | undefined {
  const { origins } = output.provenance
  const exact = origins.get(pointer)
  if (exact) return exact.span
  for (const [key, origin] of origins) if (key.startsWith(`${pointer}/`)) return origin.span
  return undefined
}
