/** Matches glob tokens without backtracking: all possibilities advance together, so no pattern can be made slow. */
import type { GlobToken } from './glob-tokens.js'

/** A place in the pattern. */
export interface State {
  /** Takes a character and goes to `next`; absent for branching states. */
  readonly accepts?: (codePoint: number) => boolean
  /** Where to go; more than one for branching states. */
  readonly next: State[]
  /** The step in which this state was last reached, so that it is visited once per step. */
  step: number
  readonly final?: true
}

/** The first state of a machine that accepts what the tokens match. */
export function buildStates(tokens: readonly GlobToken[]): State {
  return build(tokens, { next: [], step: 0, final: true })
}

/** Whether the machine accepts the whole path. */
export function runStates(start: State, path: string): boolean {
  let current: State[] = []
  reach(start, nextStep(), current)
  for (const character of path) {
    const codePoint = character.codePointAt(0) ?? 0
    const following: State[] = []
    const step = nextStep()
    for (const state of current) {
      if (state.accepts?.(codePoint)) for (const target of state.next) reach(target, step, following)
    }
    if (following.length === 0) return false
    current = following
  }
  return current.some((state) => state.final)
}

let step = 0

function nextStep(): number {
  step += 1
  return step
}

/** Adds what can be reached without taking a character. */
function reach(state: State, step: number, into: State[]): void {
  if (state.step === step) return
  state.step = step
  if (state.accepts || state.final) into.push(state)
  else for (const target of state.next) reach(target, step, into)
}

/** Built from the end to the beginning: each token is put in front of what follows it. */
function build(tokens: readonly GlobToken[], end: State): State {
  return tokens.reduceRight((following, token) => buildToken(token, following), end)
}

const slash = '/'.codePointAt(0) ?? 0
const isSlash = (codePoint: number) => codePoint === slash
const isAny = () => true

function buildToken(token: GlobToken, following: State): State {
  switch (token.kind) {
    case 'literal': {
      const expected = token.text.codePointAt(0)
      return accepting((codePoint) => codePoint === expected, following)
    }
    case 'any':
      return accepting(isAny, following)
    case 'star':
      return anything(following)
    case 'class':
      return accepting(
        (codePoint) =>
          token.ranges.some(([low, high]) => codePoint >= low && codePoint <= high) !== token.negated,
        following,
      )
    case 'recursive-prefix':
      return branching(following, accepting(isSlash, following), anything(accepting(isSlash, following)))
    case 'recursive-suffix':
      return accepting(isSlash, anything(following))
    case 'recursive-middle':
      return accepting(isSlash, branching(following, anything(accepting(isSlash, following))))
    case 'alternates':
      return branching(...token.branches.map((branch) => build(branch, following)))
  }
}

function accepting(accepts: (codePoint: number) => boolean, following: State): State {
  return { accepts, next: [following], step: 0 }
}

function branching(...next: State[]): State {
  return { next, step: 0 }
}

function anything(following: State): State {
  const loop: State = { next: [following], step: 0 }
  loop.next.push(accepting(isAny, loop))
  return loop
}
