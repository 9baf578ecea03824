/**
 * Decides which variables are true: a conflict-driven search (watched literals, first unique implication point, restarts)
 * over groups of which at most one member is true, whose clauses are asked for only when a variable becomes true
 * (spec: environment.md A.5).
 */
import { propagate } from './propagate.js'
import { contradictionSources, resolveConflict } from './resolve-conflict.js'
import {
  addClause,
  assign,
  type ClauseSource,
  createState,
  goBackTo,
  type Requirement,
  restartUnit,
  type SatProblem,
  type State,
} from './search-state.js'

export type { ClauseSource, Consequences, Exclusion, Requirement, SatProblem } from './search-state.js'

export type SatOutcome =
  | { readonly kind: 'solved'; readonly chosen: readonly number[] }
  /** `sources` is what the contradiction was derived from, in a traced search. */
  | { readonly kind: 'unsolvable'; readonly sources: readonly ClauseSource[] }

export interface SatSearch {
  /** Searches until the outcome is known, or returns undefined after that many more conflicts. */
  run(conflicts: number): SatOutcome | undefined
}

const learntLimit = 20_000

/** A search that has not started yet. @param isTraced records what a contradiction is derived from, which takes memory */
export function createSatSearch(problem: SatProblem, isTraced = false): SatSearch {
  const state = createState(problem, isTraced)
  return { run: (conflicts) => search(state, state.conflicts + conflicts) }
}

function search(state: State, conflictLimit: number): SatOutcome | undefined {
  for (;;) {
    if (state.unsolvable) return { kind: 'unsolvable', sources: contradictionSources(state) }
    const conflict = propagate(state)
    if (conflict) {
      resolveConflict(state, conflict)
      if (state.conflicts >= conflictLimit) return undefined
      continue
    }
    if (state.conflicts >= state.nextRestart) restart(state)
    const next = pickCandidate(state)
    if (next === undefined)
      return { kind: 'solved', chosen: state.installed.filter((variable) => variable !== 0) }
    state.levelStarts.push(state.trail.length)
    assign(state, next * 2, undefined)
  }
}

function restart(state: State): void {
  state.restarts += 1
  state.nextRestart = state.conflicts + restartUnit * luby(state.restarts)
  goBackTo(state, 0)
  forgetClauses(state)
}

/** 1 1 2 1 1 2 4 1 1 2 ... */
function luby(index: number): number {
  let size = 1
  let exponent = 0
  while (size < index + 1) {
    exponent += 1
    size = 2 * size + 1
  }
  let rest = index
  while (size - 1 !== rest) {
    size = (size - 1) >> 1
    exponent -= 1
    rest %= size
  }
  return 2 ** exponent
}

/** Drops the learnt clauses that connect many levels, when there are too many; nothing refers to them at level 0. */
function forgetClauses(state: State): void {
  const learnt = state.clauses.filter((clause) => clause.spread > 2)
  if (learnt.length < learntLimit) return
  const spreads = learnt.map((clause) => clause.spread).sort((left, right) => left - right)
  const limit = spreads[spreads.length >> 1] ?? 0
  const kept = state.clauses.filter((clause) => clause.spread <= Math.max(2, limit - 1))
  state.clauses = []
  state.watches = state.watches.map(() => [])
  for (const clause of kept) addClause(state, clause)
}

/** The best open candidate of the requirement to decide next; undefined when all are satisfied. */
function pickCandidate(state: State): number | undefined {
  let best: Ranked | undefined
  for (const variable of state.installed) {
    for (const requirement of state.consequences[variable]?.requirements ?? []) {
      if (isOpen(state, requirement)) best = pickMoreUrgent(state, best, requirement)
    }
    // What was asked for is decided before anything that follows from it.
    if (variable === 0 && best) break
  }
  return best?.requirement.candidates.find((candidate) => state.values[candidate] === 0)
}

function isOpen({ chosen, values }: State, { group, conditions }: Requirement): boolean {
  if (chosen[group] !== -1) return false
  return conditions.length === 0 || conditions.every((condition) => values[condition] === 1)
}

interface Ranked {
  readonly requirement: Requirement
  readonly activity: number
  readonly openCount: number
}

/** More conflicts so far, then fewer candidates left. */
function pickMoreUrgent(state: State, best: Ranked | undefined, requirement: Requirement): Ranked {
  const activity = state.activity[requirement.group] ?? 0
  if (best && activity < best.activity) return best
  const isAhead = !best || activity > best.activity
  const openCount = countOpen(state, requirement, isAhead ? Number.POSITIVE_INFINITY : best.openCount)
  return isAhead || openCount < best.openCount ? { requirement, activity, openCount } : best
}

function countOpen({ values }: State, { candidates }: Requirement, limit: number): number {
  let count = 0
  for (const candidate of candidates) {
    if (values[candidate] === 0) count += 1
    if (count >= limit) break
  }
  return count
}
