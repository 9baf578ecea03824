/** Decides which clauses a request and the records of a pool become, conditions and extras included (CEP 43 and 45). */
import type { PackagePool } from './package-pool.js'
import type { ParsedSpec } from './parsed-spec.js'
import type { Consequences, Exclusion, Requirement, SatProblem } from './sat-solver.js'

/** What the solution has to satisfy. */
export interface SolutionRequest {
  readonly specs: readonly ParsedSpec[]
  /** Conditions on packages that need not be there. */
  readonly constraints: readonly ParsedSpec[]
}

/**
 * Variable 0 and group 0 are the request; candidate `n` is variable `n + 1`, package `p` is group `p + 1`. Behind them come
 * variables with groups of their own: one for each condition ("a package that satisfies this is there"), one for each group
 * of extras that somebody asks for.
 */
export function toSatProblem(pool: PackagePool, request: SolutionRequest): SatProblem {
  const own = createOwnVariables(pool, request)
  return {
    groupOf: [0, ...pool.packageOf.map((number) => number + 1), ...own.groups],
    members: [
      [0],
      ...pool.packages.map(({ members }) => members.map((member) => member + 1)),
      ...own.groups.map((_, index) => [pool.candidates.length + 1 + index]),
    ],
    expand: (variable) => {
      if (variable === 0) return toConsequences(pool, own, request.specs, request.constraints)
      const candidate = pool.candidates[variable - 1]
      if (!candidate) return { requirements: [], exclusions: [] }
      const { requirements, exclusions } = toConsequences(pool, own, candidate.depends, candidate.constrains)
      const optional = [...candidate.extras].flatMap(([group, specs]) => {
        const extra = own.extras.get(extraKey(candidate.record.name, group))
        return extra ? specs.flatMap((spec) => toRequirements(pool, own, spec, [extra.variable])) : []
      })
      const followers = own.followers.get(variable - 1) ?? []
      return { requirements: [...requirements, ...optional, ...followers], exclusions }
    },
  }
}

interface OwnVariable {
  readonly variable: number
  readonly group: number
}

interface OwnVariables {
  /** Group of each variable behind the candidates. */
  readonly groups: readonly number[]
  /** By the text of the condition; absent ones can never hold. */
  readonly conditions: ReadonlyMap<string, OwnVariable>
  readonly extras: ReadonlyMap<string, OwnVariable>
  /** The conditions that a candidate makes true. */
  readonly followers: ReadonlyMap<number, readonly Requirement[]>
}

function createOwnVariables(pool: PackagePool, request: SolutionRequest): OwnVariables {
  const groups: number[] = []
  const conditions = new Map<string, OwnVariable>()
  const extras = new Map<string, OwnVariable>()
  const followers = new Map<number, Requirement[]>()
  const create = (): OwnVariable => {
    const own = {
      variable: pool.candidates.length + 1 + groups.length,
      group: pool.packages.length + 1 + groups.length,
    }
    groups.push(own.group)
    return own
  }
  const addCondition = (condition: ParsedSpec): void => {
    const matching = conditions.has(condition.text) ? [] : pool.matching(condition)
    if (matching.length === 0) return
    const own = create()
    conditions.set(condition.text, own)
    const follower = {
      group: own.group,
      candidates: [own.variable],
      conditions: [],
      label: condition.text,
    }
    for (const candidate of matching)
      followers.set(candidate, [...(followers.get(candidate) ?? []), follower])
  }
  for (const spec of [...request.specs, ...request.constraints, ...pool.special]) {
    for (const condition of spec.conditions.flat()) addCondition(condition)
    for (const group of spec.spec.extras ?? []) {
      const key = extraKey(spec.spec.name, group)
      if (!extras.has(key)) extras.set(key, create())
    }
  }
  return { groups, conditions, extras, followers }
}

function extraKey(name: string, group: string): string {
  return `${name}[${group}]`
}

function toConsequences(
  pool: PackagePool,
  own: OwnVariables,
  depends: readonly ParsedSpec[],
  constrains: readonly ParsedSpec[],
): Consequences {
  const requirements = depends.flatMap((spec) => toRequirements(pool, own, spec, []))
  if (constrains.length === 0) return { requirements, exclusions: [] }
  const impossible = constrains.filter((spec) => isVirtual(spec) && contradictsFact(pool, spec))
  const refusals = impossible.flatMap((spec) =>
    premisesOf(pool, own, spec).map((conditions) => ({
      group: 0,
      candidates: [],
      conditions,
      label: spec.text,
    })),
  )
  return {
    requirements: [...requirements, ...refusals],
    exclusions: constrains.flatMap((spec) => toExclusions(pool, own, spec)),
  }
}

function toExclusions(pool: PackagePool, own: OwnVariables, spec: ParsedSpec): readonly Exclusion[] {
  const candidates = pool.conflicting(spec).map((candidate) => candidate + 1)
  if (candidates.length === 0) return []
  return premisesOf(pool, own, spec).map((conditions) => ({ candidates, conditions, label: spec.text }))
}

/** Without any candidate this is a requirement that nothing can satisfy. */
function toRequirements(
  pool: PackagePool,
  own: OwnVariables,
  spec: ParsedSpec,
  premises: readonly number[],
): readonly Requirement[] {
  if (isVirtual(spec) && pool.isFact(spec)) return []
  const group = (pool.findPackage(spec.spec.name) ?? -1) + 1
  const candidates = pool.matching(spec).map((candidate) => candidate + 1)
  const extras = (spec.spec.extras ?? []).flatMap(
    (name) => own.extras.get(extraKey(spec.spec.name, name)) ?? [],
  )
  return premisesOf(pool, own, spec).flatMap((own) => {
    const conditions = [...premises, ...own]
    const label = spec.text
    return [
      { group, candidates, conditions, label },
      ...extras.map((extra) => ({ group: extra.group, candidates: [extra.variable], conditions, label })),
    ]
  })
}

/** The ways in which the condition of a spec can hold, each as variables; one empty way when there is no condition. */
function premisesOf(pool: PackagePool, own: OwnVariables, spec: ParsedSpec): readonly (readonly number[])[] {
  return spec.conditions.flatMap((all) => {
    const premises: number[] = []
    for (const condition of all) {
      if (isVirtual(condition)) {
        if (!pool.isFact(condition)) return []
        continue
      }
      const variable = own.conditions.get(condition.text)?.variable
      if (variable === undefined) return []
      premises.push(variable)
    }
    return [premises]
  })
}

function isVirtual({ spec }: ParsedSpec): boolean {
  return spec.name.startsWith('__')
}

/** A fact cannot be left out, so a constraint that it does not satisfy can never hold. */
export function contradictsFact(pool: PackagePool, spec: ParsedSpec): boolean {
  return pool.virtualPackages.some(({ name }) => name === spec.spec.name) && !pool.isFact(spec)
}
