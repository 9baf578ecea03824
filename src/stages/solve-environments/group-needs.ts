/** Decides how the requirements of many candidates are told together: by the package they are about. */
import type { PackagePool } from './package-pool.js'
import type { ParsedSpec } from './parsed-spec.js'

/** What some candidates ask of one package. */
export interface Need {
  readonly name: string
  readonly verb: 'require' | 'constrain'
  /** The candidates that ask. */
  readonly from: readonly number[]
  readonly specs: readonly ParsedSpec[]
  /** What would satisfy at least one of the specs. */
  readonly members: readonly number[]
}

export interface NeedRules {
  readonly pool: PackagePool
  readonly isUsed: (candidate: number, spec: ParsedSpec) => boolean
}

/** The needs of the candidates, those that nothing satisfies first, then those that few packages satisfy. */
export function groupNeeds(candidates: readonly number[], { pool, isUsed }: NeedRules): readonly Need[] {
  const groups = new Map<
    string,
    { verb: Need['verb']; name: string; from: Set<number>; specs: Map<string, ParsedSpec> }
  >()
  for (const candidate of candidates) {
    const { depends = [], constrains = [] } = pool.candidates[candidate] ?? {}
    const wishes = [
      ...depends.map((spec) => ({ spec, verb: 'require' as const })),
      ...constrains.map((spec) => ({ spec, verb: 'constrain' as const })),
    ]
    for (const { spec, verb } of wishes) {
      if (!isUsed(candidate, spec) || (verb === 'require' && pool.isFact(spec))) continue
      // What nothing satisfies is told apart from what something does.
      const key = `${verb} ${spec.spec.name} ${verb === 'require' && pool.matching(spec).length === 0}`
      const group = groups.get(key) ?? { verb, name: spec.spec.name, from: new Set(), specs: new Map() }
      group.from.add(candidate)
      group.specs.set(spec.text, spec)
      groups.set(key, group)
    }
  }
  const needs = [...groups.values()].map(({ verb, name, from, specs }) => ({
    verb,
    name,
    from: [...from],
    specs: [...specs.values()],
    members: [...new Set([...specs.values()].flatMap((spec) => pool.matching(spec)))],
  }))
  return needs.sort((left, right) => left.members.length - right.members.length)
}
