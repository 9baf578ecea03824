/** Decides which packages a request can touch, numbers their candidates, and answers which of them satisfy a spec. */
import { matchesRecord, type VirtualPackage } from '../../conda/index.js'
import type { ParsedSpec } from './parsed-spec.js'
import { isFavored, type Preferences, preparePinned, withFavored } from './prefer-records.js'
import {
  type Candidate,
  type ChannelPriority,
  type ExcludedRecord,
  prepareCandidates,
} from './prepare-candidates.js'
import { type SolveStrategy, sortCandidates } from './sort-candidates.js'
import type { ChannelRecord } from './types.js'

/** All packages that a request can touch. Candidates are numbers from 0, packages as well. */
export interface PackagePool {
  readonly candidates: readonly Candidate[]
  /** Package of each candidate. */
  readonly packageOf: readonly number[]
  readonly packages: readonly PooledPackage[]
  /** Number of a package that exists in some channel. */
  findPackage(name: string): number | undefined
  /** Candidates that satisfy the spec, best first. */
  matching(spec: ParsedSpec): readonly number[]
  /** Candidates of the same package that do not. */
  conflicting(spec: ParsedSpec): readonly number[]
  /** True when a virtual package satisfies the spec. */
  isFact(spec: ParsedSpec): boolean
  readonly virtualPackages: readonly VirtualPackage[]
  /** The specs of its records that have conditions or ask for extras. */
  readonly special: readonly ParsedSpec[]
}

export interface PooledPackage {
  readonly name: string
  readonly members: readonly number[]
  readonly excluded: readonly ExcludedRecord[]
}

export interface PoolRequest {
  readonly specs: readonly ParsedSpec[]
  readonly parseSpec: (text: string) => ParsedSpec
  /** Records of a package, per channel, first channel first. */
  readonly findRecords: (
    name: string,
    requestedChannel?: string,
  ) => Promise<readonly (readonly ChannelRecord[])[]>
  readonly virtualPackages: readonly VirtualPackage[]
  readonly channelPriority: ChannelPriority
  readonly strategy: SolveStrategy
  /** True for the packages that the request names. */
  readonly isDirect: (name: string) => boolean
  readonly excludeNewerMs?: number | undefined
  readonly preferences?: Preferences | undefined
}

/**
 * Follows the dependencies of the candidates that something reachable asks for; no other candidate can be part of a
 * solution, so what only those need is never looked at.
 */
export async function createPackagePool(request: PoolRequest): Promise<PackagePool> {
  const state: PoolState = {
    request,
    candidates: [],
    packageOf: [],
    packages: [],
    numbers: new Map(),
    splits: new Map(),
  }
  const named = request.specs.filter(({ spec }) => spec.channel !== undefined)
  const requestedChannels = new Map(named.map(({ spec }) => [spec.name, spec.channel]))
  const queue = new Map(request.specs.map((spec) => [spec.text, spec]))
  const loaded = new Set<string>()
  const followed = new Set<number>()
  for (const spec of queue.values()) {
    const { name } = spec.spec
    if (!loaded.has(name)) await addPackage(state, name, requestedChannels.get(name))
    loaded.add(name)
    for (const member of splitFor(state, spec).matching) {
      for (const extra of extraDepends(state.candidates[member], spec)) queue.set(extra.text, extra)
      if (followed.has(member)) continue
      followed.add(member)
      // Specs that are set again keep their place, so each is followed once.
      for (const dependency of state.candidates[member]?.depends ?? []) queue.set(dependency.text, dependency)
    }
  }
  return finishPool(state, [...queue.values()].filter(isSpecial))
}

function extraDepends(candidate: Candidate | undefined, { spec }: ParsedSpec): readonly ParsedSpec[] {
  return (spec.extras ?? []).flatMap((group) => candidate?.extras.get(group) ?? [])
}

function isSpecial({ spec }: ParsedSpec): boolean {
  return spec.when !== undefined || spec.extras !== undefined
}

interface PoolState {
  readonly request: PoolRequest
  readonly candidates: Candidate[]
  readonly packageOf: number[]
  readonly packages: PooledPackage[]
  readonly numbers: Map<string, number>
  readonly splits: Map<string, Split>
}

function splitFor({ packages, numbers, splits, candidates }: PoolState, spec: ParsedSpec): Split {
  const members = packages[numbers.get(spec.spec.name) ?? -1]?.members ?? []
  return remember(splits, spec.text, () => splitMembers(members, spec, candidates))
}

async function addPackage(
  state: PoolState,
  name: string,
  requestedChannel: string | undefined,
): Promise<void> {
  const { findRecords, parseSpec, channelPriority, excludeNewerMs, preferences } = state.request
  if (name.startsWith('__')) return
  const byChannel = withFavored(name, await findRecords(name, requestedChannel), preferences)
  const pinned = preferences?.pinned.find((record) => record.name === name)
  if (pinned === undefined && !byChannel.some((records) => records.length > 0)) return
  const rules = { channelPriority, excludeNewerMs, requestedChannel, parseSpec }
  const { candidates, excluded } = pinned
    ? preparePinned(pinned, byChannel, parseSpec)
    : prepareCandidates(byChannel, rules)
  const first = state.candidates.length
  state.numbers.set(name, state.packages.length)
  for (const candidate of candidates) {
    state.candidates.push(candidate)
    state.packageOf.push(state.packages.length)
  }
  state.packages.push({ name, members: candidates.map((_, index) => first + index), excluded })
}

function finishPool(state: PoolState, required: readonly ParsedSpec[]): PackagePool {
  const { candidates, packageOf, packages, numbers, request } = state
  const positions = new Map<number, number>()
  const sorted = new Set<number>()
  const matches = new Map<string, readonly number[]>()
  const split = (spec: ParsedSpec): Split => splitFor(state, spec)
  const sortPackage = (number: number): void => {
    if (sorted.has(number)) return
    sorted.add(number)
    const context = { candidates, matching: (spec: ParsedSpec) => split(spec).matching, request }
    const order = sortCandidates(packages[number]?.members ?? [], context)
    for (const [position, member] of order.entries()) {
      const isFirst = isFavored(candidates[member]?.record, request.preferences)
      positions.set(member, isFirst ? position - order.length : position)
    }
  }
  const byPosition = (left: number, right: number) => (positions.get(left) ?? 0) - (positions.get(right) ?? 0)
  return {
    candidates,
    packageOf,
    packages,
    findPackage: (name) => numbers.get(name),
    matching: (spec) =>
      remember(matches, spec.text, () => {
        const number = numbers.get(spec.spec.name)
        if (number !== undefined) sortPackage(number)
        return [...split(spec).matching].sort(byPosition)
      }),
    conflicting: (spec) => split(spec).conflicting,
    isFact: ({ spec }) => request.virtualPackages.some((fact) => matchesRecord(spec, toRecord(fact))),
    virtualPackages: request.virtualPackages,
    special: [...required, ...candidates.flatMap(({ constrains }) => constrains.filter(isSpecial))],
  }
}

function remember<T>(cache: Map<string, T>, key: string, compute: () => T): T {
  const known = cache.get(key)
  if (known !== undefined) return known
  const value = compute()
  cache.set(key, value)
  return value
}

interface Split {
  readonly matching: readonly number[]
  readonly conflicting: readonly number[]
}

function splitMembers(
  members: readonly number[],
  { spec }: ParsedSpec,
  candidates: readonly Candidate[],
): Split {
  const matching: number[] = []
  const conflicting: number[] = []
  for (const member of members) {
    const candidate = candidates[member]
    if (!candidate) continue
    if (matchesRecord(spec, candidate.record)) matching.push(member)
    else conflicting.push(member)
  }
  return { matching, conflicting }
}

function toRecord({ name, version, build }: VirtualPackage): ChannelRecord {
  return { name, version, build, build_number: 0, subdir: '', depends: [], fn: '', url: '', channel: '' }
}
