/** Decides what follows from the assignments so far, and which clause is in conflict with them. */
import { addClause, assign, type Clause, goBackTo, type State, swap, valueOfLiteral } from './search-state.js'

/** Draws all conclusions; returns a clause whose literals are all false, if there is one. */
export function propagate(state: State): Clause | undefined {
  const early = settlePending(state)
  if (early) return early
  while (state.propagated < state.trail.length) {
    const literal = state.trail[state.propagated] ?? 0
    state.propagated += 1
    const conflict =
      visitWatches(state, literal ^ 1) ?? concludeFromTruth(state, literal) ?? settlePending(state)
    if (conflict) return conflict
  }
  return undefined
}

function concludeFromTruth(state: State, literal: number): Clause | undefined {
  if (literal & 1) return undefined
  const variable = literal >> 1
  for (const sibling of state.problem.members[state.problem.groupOf[variable] ?? 0] ?? []) {
    if (sibling === variable) continue
    const value = state.values[sibling]
    if (value === 1) return { literals: [literal ^ 1, sibling * 2 + 1], spread: 0 }
    if (value === 0) assign(state, sibling * 2 + 1, variable)
  }
  expand(state, variable)
  return undefined
}

function expand(state: State, variable: number): void {
  if (state.consequences[variable]) return
  const consequences = state.problem.expand(variable)
  state.consequences[variable] = consequences
  const premises = (conditions: readonly number[]) => [
    variable * 2 + 1,
    ...conditions.map((condition) => condition * 2 + 1),
  ]
  for (const { candidates, conditions, label } of consequences.requirements) {
    const literals = [...premises(conditions), ...candidates.map((candidate) => candidate * 2)]
    addClause(state, { literals, spread: 0, source: { variable, label } })
  }
  for (const { candidates, conditions, label } of consequences.exclusions) {
    for (const excluded of candidates) {
      const literals = [...premises(conditions), excluded * 2 + 1]
      addClause(state, { literals, spread: 0, source: { variable, label } })
    }
  }
}

/**
 * Looks again at clauses that had at most one open literal when they were added. A clause in conflict stays in the list,
 * because going back to a middle level may leave it in conflict without waking a watch.
 */
function settlePending(state: State): Clause | undefined {
  while (state.pending.length > 0) {
    const clause = state.pending.at(-1)
    if (!clause) return undefined
    // A lone literal has no watches, so it is settled for good, where nothing can undo it.
    if (clause.literals.length === 1) goBackTo(state, 0)
    let open: number | undefined
    let openCount = 0
    for (const literal of clause.literals) {
      const value = valueOfLiteral(state, literal)
      if (value > 0) openCount = 2
      else if (value === 0) {
        open = literal
        openCount += 1
      }
    }
    if (openCount === 0) return clause
    state.pending.pop()
    if (openCount === 1 && open !== undefined) assign(state, open, clause)
  }
  return undefined
}

function visitWatches(state: State, falseLiteral: number): Clause | undefined {
  const list = state.watches[falseLiteral] ?? []
  let kept = 0
  for (let index = 0; index < list.length; index += 1) {
    const clause = list[index]
    if (!clause) continue
    if (moveWatch(state, clause, falseLiteral)) continue
    list[kept] = clause
    kept += 1
    const [first = 0] = clause.literals
    const value = valueOfLiteral(state, first)
    if (value === 0) assign(state, first, clause)
    if (value >= 0) continue
    for (let rest = index + 1; rest < list.length; rest += 1) {
      const other = list[rest]
      if (other) list[kept++] = other
    }
    list.length = kept
    return clause
  }
  list.length = kept
  return undefined
}

/** False when the clause has to stay on the list: it is satisfied, unit or in conflict. */
function moveWatch(state: State, clause: Clause, falseLiteral: number): boolean {
  const { literals } = clause
  if (literals[0] === falseLiteral) swap(literals, 0, 1)
  if (valueOfLiteral(state, literals[0] ?? 0) > 0) return false
  for (let index = 2; index < literals.length; index += 1) {
    const literal = literals[index] ?? 0
    if (valueOfLiteral(state, literal) < 0) continue
    swap(literals, 1, index)
    state.watches[literal]?.push(clause)
    return true
  }
  return false
}
