/** Decides which records satisfy a request: turns the package pool into clauses and runs the search. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { searchInterrupted, searchTooLong } from './errors.js'
import type { PackagePool } from './package-pool.js'
import type { ParsedSpec } from './prepare-candidates.js'
import { type Consequences, createSatSearch, type Requirement, type SatProblem } from './sat-solver.js'

/** What the solution has to satisfy. */
export interface SolutionRequest {
  readonly specs: readonly ParsedSpec[]
  /** Conditions on packages that need not be there. */
  readonly constraints: readonly ParsedSpec[]
}

export interface SearchLimits {
  readonly signal: AbortSignal
  /** Conflicts after which the search gives up. */
  readonly conflictLimit: number
}

const conflictsPerTurn = 256

/**
 * Candidates that satisfy the request, or undefined when there are none.
 * @throws BuildError `solve/too-hard` when the limit of conflicts is reached
 */
export async function findSolution(
  pool: PackagePool,
  request: SolutionRequest,
  { signal, conflictLimit }: SearchLimits,
): Promise<readonly number[] | undefined> {
  const search = createSatSearch(toSatProblem(pool, request))
  for (let spent = 0; spent < conflictLimit; spent += conflictsPerTurn) {
    const outcome = search.run(conflictsPerTurn)
    if (outcome?.kind === 'solved') return outcome.chosen.map((variable) => variable - 1)
    if (outcome?.kind === 'unsolvable') return undefined
    await nextTurn()
    if (signal.aborted) throw searchInterrupted()
  }
  throw searchTooLong(conflictLimit)
}

/** Variable 0 and group 0 are the request; candidate `n` is variable `n + 1`, package `p` is group `p + 1`. */
function toSatProblem(pool: PackagePool, request: SolutionRequest): SatProblem {
  return {
    groupOf: [0, ...pool.packageOf.map((number) => number + 1)],
    members: [[0], ...pool.packages.map(({ members }) => members.map((member) => member + 1))],
    expand: (variable) => {
      if (variable === 0) return toConsequences(pool, request.specs, request.constraints)
      const candidate = pool.candidates[variable - 1]
      return toConsequences(pool, candidate?.depends ?? [], candidate?.constrains ?? [])
    },
  }
}

function toConsequences(
  pool: PackagePool,
  depends: readonly ParsedSpec[],
  constrains: readonly ParsedSpec[],
): Consequences {
  const requirements = depends
    .filter((spec) => !(isVirtual(spec) && pool.isFact(spec)))
    .map((spec) => toRequirement(pool, spec))
  const excluded = constrains.flatMap((spec) => pool.conflicting(spec).map((candidate) => candidate + 1))
  const contradicted = constrains.some((spec) => isVirtual(spec) && contradictsFact(pool, spec))
  return {
    requirements: contradicted ? [...requirements, { group: 0, candidates: [] }] : requirements,
    excluded,
  }
}

/** Without any candidate this is a requirement that nothing can satisfy. */
function toRequirement(pool: PackagePool, spec: ParsedSpec): Requirement {
  const group = (pool.findPackage(spec.spec.name) ?? -1) + 1
  return { group, candidates: pool.matching(spec).map((candidate) => candidate + 1) }
}

function isVirtual({ spec }: ParsedSpec): boolean {
  return spec.name.startsWith('__')
}

/** A fact cannot be left out, so a constraint that it does not satisfy can never hold. */
export function contradictsFact(pool: PackagePool, spec: ParsedSpec): boolean {
  return pool.virtualPackages.some(({ name }) => name === spec.spec.name) && !pool.isFact(spec)
}
