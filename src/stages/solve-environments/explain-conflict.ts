/** Decides how an impossible request is explained: its smallest conflicting part, the reasons, and what nearly fits. */
import type { Json } from '../../text/index.js'
import {
  describeVersions,
  type NearMisses,
  noteNearMiss,
  show,
  withoutVersion,
} from './describe-candidates.js'
import { findContradiction, findSolution, type SearchLimits } from './find-solution.js'
import { groupNeeds, type Need } from './group-needs.js'
import type { PackagePool } from './package-pool.js'
import type { ParsedSpec } from './parsed-spec.js'
import type { SolutionRequest } from './sat-problem.js'

export interface ConflictReport {
  /** One line, in rattler's words where it has some. */
  readonly reason: string
  /** The requested specs that conflict; none of them can be spared. */
  readonly specs: readonly string[]
  /** Their positions among the specs of the request. */
  readonly positions: readonly number[]
  readonly explanation: readonly string[]
  readonly nearMisses: readonly string[]
  /** The same as the explanation, for machines: what needs what. */
  readonly steps: readonly { readonly [key: string]: Json }[]
}

export interface ExplanationOptions {
  readonly signal: AbortSignal
  /** Milliseconds of a clock that never jumps. */
  readonly monotonic: () => number
}

/** Conflicts that one trial without a spec may take before the spec is kept to be safe. */
const trialConflicts = 20_000
/** After this each of the three steps works with what is known: the smallest conflict, its proof, what would fit. */
const patienceMs = 700
const maxLines = 20
const maxDepth = 6

/** Explains why no candidate set satisfies the request. */
export async function explainConflict(
  pool: PackagePool,
  request: SolutionRequest,
  options: ExplanationOptions,
): Promise<ConflictReport> {
  const core = await shrink(pool, request, toLimits(options))
  const missing = core.specs.find((spec) => pool.matching(spec).length === 0 && !pool.isFact(spec))
  const isUsed = missing ? () => false : await findUsedNeeds(pool, core, toLimits(options))
  const notes: Notes = {
    pool,
    isUsed,
    lines: [],
    steps: [],
    nearMisses: new Set(),
    claims: [],
    visited: new Set(),
  }
  for (const spec of core.specs) explainRoot(spec, notes)
  if (!missing) await noteWorkingVersions(core, notes, toLimits(options))
  for (const spec of core.constraints) notes.lines.push(`${show(spec)} is a constraint of the request`)
  const specs = [...core.specs, ...core.constraints].map(show)
  return {
    reason: missing
      ? `No candidates were found for ${show(missing)}.`
      : `The following packages are incompatible: ${specs.join(', ')}`,
    specs,
    positions: core.specs.map((spec) => request.specs.indexOf(spec)),
    explanation: cut(notes.lines),
    nearMisses: [...notes.nearMisses].slice(0, 5),
    steps: notes.steps,
  }
}

type Limits = Required<SearchLimits>

function toLimits({ signal, monotonic }: ExplanationOptions): Limits {
  const deadline = monotonic() + patienceMs
  return { signal, conflictLimit: trialConflicts, isOver: () => monotonic() > deadline }
}

function cut(lines: readonly string[]): readonly string[] {
  if (lines.length <= maxLines) return lines
  return [...lines.slice(0, maxLines - 1), `... and ${lines.length - maxLines + 1} more`]
}

/** Leaves out each spec that the conflict does not need: what remains conflicts, and nothing of it can be spared. */
async function shrink(pool: PackagePool, request: SolutionRequest, limits: Limits): Promise<SolutionRequest> {
  const missing = request.specs.find(
    (spec) => isAlwaysWanted(spec) && pool.matching(spec).length === 0 && !pool.isFact(spec),
  )
  if (missing) return { specs: [missing], constraints: [] }
  let core = request
  for (const spec of [...request.specs, ...request.constraints]) {
    if (limits.isOver()) break
    const without = {
      specs: core.specs.filter((other) => other !== spec),
      constraints: core.constraints.filter((other) => other !== spec),
    }
    if (await isImpossible(pool, without, limits)) core = without
  }
  return core
}

function isAlwaysWanted({ conditions }: ParsedSpec): boolean {
  return conditions.some((list) => list.length === 0)
}

async function isImpossible(pool: PackagePool, request: SolutionRequest, limits: Limits): Promise<boolean> {
  try {
    return (await findSolution(pool, request, limits)) === undefined
  } catch (error) {
    if (limits.signal.aborted) throw error
    return false
  }
}

/** Undefined when there is no solution, or none was found in time. */
async function solveOrGiveUp(
  pool: PackagePool,
  request: SolutionRequest,
  limits: SearchLimits,
): Promise<readonly number[] | undefined> {
  try {
    return await findSolution(pool, request, limits)
  } catch (error) {
    if (limits.signal.aborted) throw error
    return undefined
  }
}

/** Notes which version would do instead, for every spec that could be said without a version. */
async function noteWorkingVersions(
  core: SolutionRequest,
  { pool, nearMisses }: Notes,
  limits: Limits,
): Promise<void> {
  for (const spec of core.specs) {
    const bare = withoutVersion(spec)
    if (bare.text === spec.text || limits.isOver()) continue
    const specs = core.specs.map((other) => (other === spec ? bare : other))
    const solution = await solveOrGiveUp(pool, { ...core, specs }, limits)
    const found = solution?.find((candidate) => pool.candidates[candidate]?.record.name === spec.spec.name)
    if (found !== undefined) {
      nearMisses.add(`${describeVersions(pool, [found])} instead of ${show(spec)} would fit`)
    }
  }
}

/** Whether the proof of the contradiction used what a candidate asks for; true for everything when there is no proof. */
async function findUsedNeeds(
  pool: PackagePool,
  core: SolutionRequest,
  limits: SearchLimits,
): Promise<(candidate: number, spec: ParsedSpec) => boolean> {
  const sources = await findContradiction(pool, core, limits)
  if (!sources) return () => true
  const used = new Set(sources.map(({ variable, label }) => `${variable} ${label}`))
  return (candidate, spec) => used.has(`${candidate + 1} ${spec.text}`)
}

/** Somebody's wish for a package, and what satisfies it. */
interface Claim {
  readonly name: string
  readonly text: string
  readonly members: ReadonlySet<number>
}

interface Notes extends NearMisses {
  readonly pool: PackagePool
  readonly isUsed: (candidate: number, spec: ParsedSpec) => boolean
  readonly lines: string[]
  readonly steps: { readonly [key: string]: Json }[]
  readonly claims: Claim[]
  /** Wishes that were followed; each is followed once, so the text cannot explode. */
  readonly visited: Set<string>
}

function explainRoot(spec: ParsedSpec, notes: Notes): void {
  const { pool, lines, steps } = notes
  const members = pool.matching(spec)
  if (pool.isFact(spec)) return
  const step = { spec: show(spec), candidates: members.length }
  if (members.length === 0) {
    lines.push(`${show(spec)}, for which no candidates were found`)
    steps.push(step)
    noteNearMiss(spec, notes)
    return
  }
  const opposed = claim({ name: spec.spec.name, text: show(spec), members: new Set(members) }, notes)
  const conflict = opposed ? `, which conflicts with ${opposed.text}` : ''
  lines.push(`${show(spec)} can be installed with ${describeVersions(pool, members)}${conflict}`)
  steps.push({ ...step, ...(opposed && { conflictsWith: opposed.text }) })
  if (!opposed) explainNeeds(members, notes, 1)
}

/** Enters a wish; the answer is an earlier one that leaves nothing for both. */
function claim(own: Claim, { claims }: Notes): Claim | undefined {
  const opposed = claims.find(
    ({ name, members }) => name === own.name && ![...own.members].some((member) => members.has(member)),
  )
  claims.push(own)
  return opposed
}

function explainNeeds(members: readonly number[], notes: Notes, depth: number): void {
  if (depth > maxDepth) return
  for (const need of groupNeeds(members, notes)) explainNeed(need, notes, depth)
}

function explainNeed(need: Need, notes: Notes, depth: number): void {
  const { pool, lines, steps, visited } = notes
  const from = describeVersions(pool, need.from)
  const wish = describeWish(need.specs)
  const line = `${'  '.repeat(depth)}${from} would ${need.verb} ${wish}`
  const key = `${need.verb} ${need.specs.map(({ text }) => text).join()}`
  const step = { from, verb: need.verb, specs: need.specs.map(show), candidates: need.members.length }
  if (need.verb === 'constrain') {
    for (const spec of need.specs) noteNearMiss(spec, notes)
    lines.push(line)
    steps.push(step)
    return
  }
  if (need.members.length === 0) {
    lines.push(`${line}, for which no candidates were found`)
    steps.push(step)
    for (const spec of need.specs.slice(0, 3)) noteNearMiss(spec, notes)
    return
  }
  const own = { name: need.name, text: `${wish} (${from})`, members: new Set(need.members) }
  const opposed = claim(own, notes)
  lines.push(opposed ? `${line}, which conflicts with ${opposed.text}` : line)
  steps.push({ ...step, ...(opposed && { conflictsWith: opposed.text }) })
  if (opposed || visited.has(key)) return
  visited.add(key)
  explainNeeds(need.members, notes, depth + 1)
}

/** At most three specs of a package, and how many more there are. */
function describeWish([first, ...others]: readonly ParsedSpec[]): string {
  const shown = [
    first ? show(first) : '',
    ...others.slice(0, 2).map((spec) => show(spec).slice(spec.spec.name.length + 1)),
  ]
  const more = others.length > 2 ? ` or ${others.length - 2} more` : ''
  return shown.join(' or ') + more
}
