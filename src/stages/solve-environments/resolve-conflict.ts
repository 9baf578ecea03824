/** Decides what a conflict teaches, and how far the search goes back. */
import {
  addClause,
  assign,
  type Clause,
  type ClauseSource,
  goBackTo,
  highestLevel,
  type State,
} from './search-state.js'

/** Learns a clause from the conflict and goes back to where it asserts something; ends the search at level 0. */
export function resolveConflict(state: State, conflict: Clause): void {
  state.conflicts += 1
  const level = highestLevel(state, conflict.literals)
  if (level === 0) {
    state.unsolvable = true
    state.contradiction = conflict
    return
  }
  goBackTo(state, level)
  const antecedents: Clause[] = [conflict]
  const learnt = analyze(state, conflict.literals, antecedents)
  const [, ...others] = learnt
  const backLevel = highestLevel(state, others)
  const spread = new Set(learnt.map((literal) => state.levels[literal >> 1])).size
  goBackTo(state, backLevel)
  state.activityStep *= 1.05
  const clause: Clause = { literals: learnt, spread, ...(state.isTraced && { antecedents }) }
  if (learnt.length > 1) addClause(state, clause)
  else assign(state, learnt[0] ?? 0, clause)
}

/** The clause that forbids the cause of the conflict: the first literal is the one to assert after going back. */
function analyze(state: State, conflict: readonly number[], antecedents: Clause[]): number[] {
  const learnt = [0]
  let open = 0
  let index = state.trail.length - 1
  let literals = conflict
  let asserted = -1
  do {
    for (const literal of literals) {
      if (state.isTraced && state.levels[literal >> 1] === 0) noteReason(state, literal, antecedents)
      if (literal === asserted || state.seen[literal >> 1] || state.levels[literal >> 1] === 0) continue
      state.seen[literal >> 1] = 1
      bump(state, literal >> 1)
      if (state.levels[literal >> 1] === state.levelStarts.length) open += 1
      else learnt.push(literal)
    }
    while (!state.seen[(state.trail[index] ?? 0) >> 1]) index -= 1
    asserted = state.trail[index] ?? 0
    state.seen[asserted >> 1] = 0
    index -= 1
    open -= 1
    if (state.isTraced) noteReason(state, asserted, antecedents)
    literals = reasonLiterals(state, asserted)
  } while (open > 0)
  learnt[0] = asserted ^ 1
  for (const literal of learnt) state.seen[literal >> 1] = 0
  return learnt
}

/** What made a literal true or false, through its sibling if need be. */
function noteReason({ reasons }: State, literal: number, antecedents: Clause[] | Set<Clause>): void {
  const own = reasons[literal >> 1]
  const reason = typeof own === 'number' ? reasons[own] : own
  if (typeof reason !== 'object') return
  if (Array.isArray(antecedents)) antecedents.push(reason)
  else antecedents.add(reason)
}

function reasonLiterals(state: State, literal: number): readonly number[] {
  const reason = state.reasons[literal >> 1]
  if (reason === undefined) return []
  return typeof reason === 'number' ? [literal, reason * 2 + 1] : reason.literals
}

/** The requirements and exclusions that the contradiction was derived from. */
export function contradictionSources(state: State): readonly ClauseSource[] {
  const sources: ClauseSource[] = []
  const reached = new Set<Clause>(state.contradiction ? [state.contradiction] : [])
  for (const clause of reached) {
    if (clause.source) sources.push(clause.source)
    for (const antecedent of clause.antecedents ?? []) reached.add(antecedent)
    // What is certain from the start was left out of learnt clauses.
    for (const literal of clause.literals) {
      if (state.levels[literal >> 1] === 0) noteReason(state, literal, reached)
    }
  }
  return sources
}

function bump(state: State, variable: number): void {
  const group = state.problem.groupOf[variable] ?? 0
  state.activity[group] = (state.activity[group] ?? 0) + state.activityStep
  if (state.activityStep < 1e100) return
  for (let index = 0; index < state.activity.length; index += 1) {
    state.activity[index] = (state.activity[index] ?? 0) * 1e-100
  }
  state.activityStep *= 1e-100
}
