/** Decides which candidate of a package is tried first (spec: environment.md A.5 step 4). */
import { compareVersions, type Version } from '../../conda/index.js'
import type { ParsedSpec } from './parsed-spec.js'
import type { Candidate, ChannelPriority } from './prepare-candidates.js'

/** Which versions are tried first; `lowest-direct` prefers old ones only of packages that the request names. */
export type SolveStrategy = 'highest' | 'lowest' | 'lowest-direct'

export interface SortContext {
  readonly candidates: readonly Candidate[]
  /** Candidates that satisfy a spec, in any order. */
  readonly matching: (spec: ParsedSpec) => readonly number[]
  readonly request: {
    readonly channelPriority: ChannelPriority
    readonly strategy: SolveStrategy
    /** True for the packages that the request names. */
    readonly isDirect: (name: string) => boolean
  }
}

/**
 * Best first: untracked, (flexible priority: first channel,) newest version, highest build number, newest dependencies,
 * newest timestamp; then channel, platform before noarch, and file name, so that the order never depends on the input's.
 */
export function sortCandidates(members: readonly number[], context: SortContext): readonly number[] {
  const entries = members.flatMap((member) => {
    const candidate = context.candidates[member]
    return candidate ? [{ member, candidate }] : []
  })
  entries.sort((left, right) => compareBasics(left.candidate, right.candidate, context))
  const groups: (typeof entries)[] = []
  for (const entry of entries) {
    const group = groups.at(-1)
    const [first] = group ?? []
    if (group && first && compareBasics(first.candidate, entry.candidate, context) === 0) group.push(entry)
    else groups.push([entry])
  }
  return groups.flatMap((group) => sortGroup(group, context).map(({ member }) => member))
}

interface Entry {
  readonly member: number
  readonly candidate: Candidate
}

function compareBasics(left: Candidate, right: Candidate, { request }: SortContext): number {
  return (
    Number(left.isTracked) - Number(right.isTracked) ||
    (request.channelPriority === 'flexible' ? left.channelRank - right.channelRank : 0) ||
    compareVersions(right.version, left.version) * direction(left.record.name, request) ||
    right.record.build_number - left.record.build_number
  )
}

/** 1 when newer versions are better, -1 when older ones are. */
function direction(name: string, { strategy, isDirect }: SortContext['request']): 1 | -1 {
  return strategy === 'lowest' || (strategy === 'lowest-direct' && isDirect(name)) ? -1 : 1
}

/** Candidates of equal version and build number differ in what they depend on: newer dependencies are better. */
function sortGroup(group: readonly Entry[], context: SortContext): readonly Entry[] {
  if (group.length < 2) return group
  const names = sharedDependencies(group.map(({ candidate }) => candidate))
  const scored = group.map((entry) => ({
    ...entry,
    scores: names.map((name) => scoreDependency(entry.candidate, name, context)),
  }))
  const orders = names.map((name) => direction(name, context.request))
  return scored.sort((left, right) => {
    return compareScores(left.scores, right.scores, orders) || compareTies(left.candidate, right.candidate)
  })
}

function sharedDependencies(candidates: readonly Candidate[]): readonly string[] {
  const [first, ...others] = candidates.map(({ depends }) => new Set(depends.map(({ spec }) => spec.name)))
  return [...(first ?? [])].filter((name) => others.every((names) => names.has(name))).sort()
}

/** The best version that satisfies the dependency; undefined when there is none. */
type Score = { readonly version: Version; readonly isTracked: boolean } | undefined

function scoreDependency(candidate: Candidate, name: string, context: SortContext): Score {
  const scores = candidate.depends
    .filter(({ spec }) => spec.name === name)
    .map((spec) => bestMatch(spec, context))
  const order = direction(name, context.request)
  return scores.reduce((worst, score) => (compareScore(score, worst, order) > 0 ? score : worst))
}

function bestMatch(spec: ParsedSpec, { matching, candidates, request }: SortContext): Score {
  const order = direction(spec.spec.name, request)
  let best: Score
  for (const member of matching(spec)) {
    const candidate = candidates[member]
    if (candidate && compareScore(candidate, best, order) < 0) best = candidate
  }
  return best
}

/** Negative when `left` is better; having no match at all is worst. */
function compareScore(left: Score, right: Score, order: 1 | -1): number {
  if (!left || !right) return Number(left === undefined) - Number(right === undefined)
  return (
    Number(left.isTracked) - Number(right.isTracked) || compareVersions(right.version, left.version) * order
  )
}

function compareScores(left: readonly Score[], right: readonly Score[], orders: readonly (1 | -1)[]): number {
  for (const [index, score] of left.entries()) {
    const order = compareScore(score, right[index], orders[index] ?? 1)
    if (order !== 0) return order
  }
  return 0
}

function compareTies(left: Candidate, right: Candidate): number {
  return (
    right.timestampMs - left.timestampMs ||
    left.channelRank - right.channelRank ||
    Number(left.record.subdir === 'noarch') - Number(right.record.subdir === 'noarch') ||
    (left.record.fn < right.record.fn ? -1 : 1)
  )
}
