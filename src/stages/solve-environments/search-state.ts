/** The state of a search: what is assigned, since when and why, and which clauses watch which literals. */

/** One of `candidates`, best first, has to be true; all of them belong to `group`. */
export interface Requirement {
  readonly group: number
  readonly candidates: readonly number[]
  /** It only counts while all of these are true. */
  readonly conditions: readonly number[]
  /** What it says, for those who ask which requirements a contradiction needs. */
  readonly label: string
}

/** What must not be true. */
export interface Exclusion {
  readonly candidates: readonly number[]
  /** It only counts while all of these are true. */
  readonly conditions: readonly number[]
  readonly label: string
}

/** What follows from a variable being true. */
export interface Consequences {
  readonly requirements: readonly Requirement[]
  readonly exclusions: readonly Exclusion[]
}

/** Variables are 0 to `groupOf.length - 1`; variable 0 is the request itself and always true. */
export interface SatProblem {
  readonly groupOf: readonly number[]
  /** Variables of each group. */
  readonly members: readonly (readonly number[])[]
  /** Asked once per variable. */
  expand(variable: number): Consequences
}

/** A literal is `variable * 2`, plus 1 when negated. */
export interface Clause {
  readonly literals: number[]
  /** Distinct decision levels when it was learnt; 0 for clauses of the problem. */
  readonly spread: number
  /** Where a clause of the problem comes from. */
  readonly source?: ClauseSource
  /** What a learnt clause was derived from, when that is recorded. */
  readonly antecedents?: readonly Clause[]
}

/** A requirement or exclusion of a variable. */
export interface ClauseSource {
  readonly variable: number
  readonly label: string
}

/** A clause, or the one true variable that excludes its siblings. */
export type Reason = Clause | number | undefined

export interface State {
  readonly problem: SatProblem
  /** 1 true, -1 false, 0 open; by variable. */
  readonly values: Int8Array
  readonly levels: Int32Array
  readonly reasons: Reason[]
  readonly trail: number[]
  /** Length of the trail at the start of each level. */
  readonly levelStarts: number[]
  /** How much of the trail has been propagated. */
  propagated: number
  /** Clauses by the literal they watch. */
  watches: Clause[][]
  clauses: Clause[]
  /** Clauses that were in conflict or unit when they were added. */
  pending: Clause[]
  readonly consequences: (Consequences | undefined)[]
  /** True variables in the order of the trail. */
  readonly installed: number[]
  /** The true variable of each group, or -1. */
  readonly chosen: Int32Array
  readonly activity: Float64Array
  activityStep: number
  readonly seen: Uint8Array
  conflicts: number
  restarts: number
  nextRestart: number
  unsolvable: boolean
  /** Records what learnt clauses come from. */
  readonly isTraced: boolean
  /** The clause that no assignment satisfies, once the search has found that out. */
  contradiction: Clause | undefined
}

/** Conflicts before the first restart. */
export const restartUnit = 100

/** A state in which only variable 0 is true. */
export function createState(problem: SatProblem, isTraced: boolean): State {
  const count = problem.groupOf.length
  const state: State = {
    problem,
    values: new Int8Array(count),
    levels: new Int32Array(count),
    reasons: new Array<Reason>(count).fill(undefined),
    trail: [],
    levelStarts: [],
    propagated: 0,
    watches: Array.from({ length: count * 2 }, () => []),
    clauses: [],
    pending: [],
    consequences: new Array<Consequences | undefined>(count).fill(undefined),
    installed: [],
    chosen: new Int32Array(problem.members.length).fill(-1),
    activity: new Float64Array(problem.members.length),
    activityStep: 1,
    seen: new Uint8Array(count),
    conflicts: 0,
    restarts: 0,
    nextRestart: restartUnit,
    unsolvable: false,
    isTraced,
    contradiction: undefined,
  }
  assign(state, 0, undefined)
  return state
}

/** 1 when the literal is true, -1 when it is false, 0 when it is open. */
export function valueOfLiteral({ values }: State, literal: number): number {
  const value = values[literal >> 1] ?? 0
  return literal & 1 ? -value : value
}

/** Makes a literal true at the current level. */
export function assign(state: State, literal: number, reason: Reason): void {
  const variable = literal >> 1
  state.values[variable] = literal & 1 ? -1 : 1
  state.levels[variable] = state.levelStarts.length
  state.reasons[variable] = reason
  state.trail.push(literal)
  if (literal & 1) return
  state.installed.push(variable)
  state.chosen[state.problem.groupOf[variable] ?? 0] = variable
}

/** The latest decision level among the literals. */
export function highestLevel({ levels }: State, literals: readonly number[]): number {
  return literals.reduce((highest, literal) => Math.max(highest, levels[literal >> 1] ?? 0), 0)
}

/** Undoes everything after a decision level. */
export function goBackTo(state: State, level: number): void {
  const length = state.levelStarts[level]
  if (length === undefined) return
  for (let index = state.trail.length - 1; index >= length; index -= 1) {
    const literal = state.trail[index] ?? 0
    const variable = literal >> 1
    state.values[variable] = 0
    state.reasons[variable] = undefined
    if (literal & 1) continue
    state.installed.pop()
    state.chosen[state.problem.groupOf[variable] ?? 0] = -1
  }
  state.trail.length = length
  state.levelStarts.length = level
  state.propagated = length
}

/** Watches the two literals that will be open first after going back. */
export function addClause(state: State, clause: Clause): void {
  const { literals } = clause
  moveBestTo(state, literals, 0)
  moveBestTo(state, literals, 1)
  watch(state, clause)
  state.clauses.push(clause)
  const second = literals[1]
  if (second === undefined || valueOfLiteral(state, second) < 0) state.pending.push(clause)
}

function watch(state: State, clause: Clause): void {
  const [first, second] = clause.literals
  if (first === undefined || second === undefined) return
  state.watches[first]?.push(clause)
  state.watches[second]?.push(clause)
}

function moveBestTo(state: State, literals: number[], position: number): void {
  let best = position
  for (let index = position + 1; index < literals.length; index += 1) {
    if (rank(state, literals[index] ?? 0) > rank(state, literals[best] ?? 0)) best = index
  }
  swap(literals, position, best)
}

/** True and open literals come before false ones, and those by descending level. */
function rank(state: State, literal: number): number {
  const value = valueOfLiteral(state, literal)
  if (value < 0) return state.levels[literal >> 1] ?? 0
  return value > 0 ? Number.MAX_SAFE_INTEGER : Number.MAX_SAFE_INTEGER - 1
}

/** Exchanges two literals of a clause. */
export function swap(literals: number[], left: number, right: number): void {
  const value = literals[left]
  const other = literals[right]
  if (value === undefined || other === undefined) return
  literals[left] = other
  literals[right] = value
}
