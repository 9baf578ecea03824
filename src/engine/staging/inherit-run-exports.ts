/** Gives an output the run exports of what its staging output was built with (CEP 41). */
import type {
  ResolvedDependency,
  RunDependencies,
  SolvedPlan,
} from '../../stages/solve-environments/index.js'

/**
 * The plan with more run dependencies, after its own ones, unless it inherits from nothing or does not want them.
 * @param staged those of the staging output
 */
export function withInherited(plan: SolvedPlan, staged: RunDependencies | undefined): SolvedPlan {
  const { inherits_from: from, requirements } = plan.output.recipe
  if (staged === undefined || from?.inherit_run_exports !== true) return plan
  const { by_name: names = [], from_package: packages = [] } = requirements.ignore_run_exports ?? {}
  const isWanted = (dependency: ResolvedDependency) =>
    'run_export' in dependency &&
    !packages.includes(dependency.run_export) &&
    !names.includes(dependency.spec.split(/[\s<>=!~[]/)[0] ?? '')
  const { run } = plan.environments
  const add = (own: readonly ResolvedDependency[], more: readonly ResolvedDependency[]) => {
    const known = new Set(own.map(specOf))
    return [...own, ...more.filter((item) => isWanted(item) && !known.has(specOf(item)))]
  }
  const merged = {
    ...run,
    depends: add(run.depends, staged.depends),
    constraints: add(run.constraints, staged.constraints),
  }
  return { ...plan, environments: { ...plan.environments, run: merged } }
}

function specOf(dependency: ResolvedDependency): string {
  return 'spec' in dependency ? dependency.spec : dependency.source
}
