/** Decides which records satisfy a request: turns the package pool into clauses and runs the search. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { searchInterrupted, searchTooLong } from './errors.js'
import type { PackagePool } from './package-pool.js'
import { type SolutionRequest, toSatProblem } from './sat-problem.js'
import { type ClauseSource, createSatSearch } from './sat-solver.js'

export interface SearchLimits {
  readonly signal: AbortSignal
  /** Conflicts after which the search gives up. */
  readonly conflictLimit: number
  /** True when no more time should be spent. */
  readonly isOver?: () => boolean
}

const conflictsPerTurn = 256

/**
 * Candidates that satisfy the request, or undefined when there are none.
 * @throws BuildError `solve/too-hard` when the limit of conflicts is reached
 */
export async function findSolution(
  pool: PackagePool,
  request: SolutionRequest,
  { signal, conflictLimit, isOver }: SearchLimits,
): Promise<readonly number[] | undefined> {
  const search = createSatSearch(toSatProblem(pool, request))
  for (let spent = 0; spent < conflictLimit; spent += conflictsPerTurn) {
    const outcome = search.run(conflictsPerTurn)
    if (outcome?.kind === 'solved') return toCandidates(pool, outcome.chosen)
    if (outcome?.kind === 'unsolvable') return undefined
    await nextTurn()
    if (signal.aborted) throw searchInterrupted()
    if (isOver?.()) break
  }
  throw searchTooLong(conflictLimit)
}

/** What makes an impossible request impossible; undefined when the request is possible, or not decided in time. */
export async function findContradiction(
  pool: PackagePool,
  request: SolutionRequest,
  { signal, conflictLimit, isOver }: SearchLimits,
): Promise<readonly ClauseSource[] | undefined> {
  const search = createSatSearch(toSatProblem(pool, request), true)
  for (let spent = 0; spent < conflictLimit; spent += conflictsPerTurn) {
    const outcome = search.run(conflictsPerTurn)
    if (outcome) return outcome.kind === 'unsolvable' ? outcome.sources : undefined
    await nextTurn()
    if (signal.aborted) throw searchInterrupted()
    if (isOver?.()) break
  }
  return undefined
}

/** Variables of conditions and groups of extras are no candidates. */
function toCandidates({ candidates }: PackagePool, chosen: readonly number[]): readonly number[] {
  return chosen.map((variable) => variable - 1).filter((candidate) => candidate < candidates.length)
}
