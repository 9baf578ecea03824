/** Decides how an impossible request is explained: its smallest conflicting part, the reasons, and what nearly fits. */
import { formatMatchSpec, formatVersion } from '../../conda/index.js'
import { contradictsFact, findSolution, type SearchLimits, type SolutionRequest } from './find-solution.js'
import type { PackagePool } from './package-pool.js'
import type { ParsedSpec } from './prepare-candidates.js'

export interface ConflictReport {
  /** One line, in rattler's words where it has some. */
  readonly reason: string
  readonly specs: readonly string[]
  readonly explanation: readonly string[]
  readonly nearMisses: readonly string[]
}

/** Conflicts that one trial without a spec may take before the spec is kept to be safe. */
const trialConflicts = 2048
const maxLines = 60
const maxDepth = 6
const maxSteps = 8

/** Explains why no candidate set satisfies the request. */
export async function explainConflict(
  pool: PackagePool,
  request: SolutionRequest,
  signal: AbortSignal,
): Promise<ConflictReport> {
  const core = await shrink(pool, request, { signal, conflictLimit: trialConflicts })
  const specs = [...core.specs, ...core.constraints]
  const lines: string[] = []
  const nearMisses = new Set<string>()
  const notes: Notes = { pool, lines, nearMisses, explained: new Set() }
  for (const spec of core.specs) explainSpec(spec, notes, 0)
  for (const spec of core.constraints) lines.push(`${show(spec)} is a constraint of the request`)
  const missing = core.specs.find((spec) => pool.matching(spec).length === 0)
  return {
    reason: missing ? `No candidates were found for ${show(missing)}.` : summarize(specs, lines),
    specs: specs.map(show),
    explanation: lines.slice(0, maxLines),
    nearMisses: [...nearMisses].slice(0, 5),
  }
}

/** The specs and the first few steps from them to the contradiction, in one line. */
function summarize(specs: readonly ParsedSpec[], lines: readonly string[]): string {
  const steps = lines.map((line) => line.trim()).filter((line) => !line.includes(' can be installed with '))
  const more = steps.length > maxSteps ? '; ...' : ''
  const list = specs.map(show).join(', ')
  return `The following packages are incompatible: ${list} (${steps.slice(0, maxSteps).join('; ')}${more})`
}

/** Leaves out each spec that the conflict does not need: what remains conflicts, and nothing of it can be spared. */
async function shrink(
  pool: PackagePool,
  request: SolutionRequest,
  limits: SearchLimits,
): Promise<SolutionRequest> {
  const missing = request.specs.find((spec) => pool.matching(spec).length === 0 && !pool.isFact(spec))
  if (missing) return { specs: [missing], constraints: [] }
  let core = request
  for (const spec of request.specs) {
    const without = { ...core, specs: core.specs.filter((other) => other !== spec) }
    if (await isImpossible(pool, without, limits)) core = without
  }
  for (const spec of request.constraints) {
    const without = { ...core, constraints: core.constraints.filter((other) => other !== spec) }
    if (await isImpossible(pool, without, limits)) core = without
  }
  return core
}

async function isImpossible(
  pool: PackagePool,
  request: SolutionRequest,
  limits: SearchLimits,
): Promise<boolean> {
  try {
    return (await findSolution(pool, request, limits)) === undefined
  } catch (error) {
    if (limits.signal.aborted) throw error
    return false
  }
}

interface Notes {
  readonly pool: PackagePool
  readonly lines: string[]
  readonly nearMisses: Set<string>
  /** Specs that have been explained; each is explained once, so the text cannot explode. */
  readonly explained: Set<string>
}

function show({ spec }: ParsedSpec): string {
  const text = formatMatchSpec(spec)
  return text === spec.name ? `${text} *` : text
}

function explainSpec(spec: ParsedSpec, notes: Notes, depth: number): void {
  const { pool, lines, explained } = notes
  if (lines.length > maxLines || depth > maxDepth || explained.has(spec.text)) return
  explained.add(spec.text)
  const indent = '  '.repeat(depth)
  const matching = pool.matching(spec)
  if (matching.length === 0) {
    if (pool.isFact(spec)) return
    lines.push(`${indent}${show(spec)}, for which no candidates were found`)
    noteNearMiss(spec, notes)
    return
  }
  lines.push(`${indent}${show(spec)} can be installed with ${listVersions(pool, matching)}`)
  for (const need of distinctNeeds(pool, matching)) {
    lines.push(`${indent}  ${need.from} would ${need.verb} ${show(need.spec)}`)
    if (need.verb === 'require') explainSpec(need.spec, notes, depth + 1)
    else noteFact(need.spec, notes)
  }
}

interface Need {
  readonly spec: ParsedSpec
  readonly verb: 'require' | 'constrain'
  readonly from: string
}

/** What the candidates ask for, each spec once with the versions that ask for it. */
function distinctNeeds(pool: PackagePool, candidates: readonly number[]): readonly Need[] {
  const byText = new Map<string, { spec: ParsedSpec; verb: Need['verb']; members: number[] }>()
  for (const member of candidates) {
    const candidate = pool.candidates[member]
    const needs = [
      ...(candidate?.depends ?? []).map((spec) => ({ spec, verb: 'require' as const })),
      ...(candidate?.constrains ?? []).map((spec) => ({ spec, verb: 'constrain' as const })),
    ]
    for (const { spec, verb } of needs) {
      const key = `${verb} ${spec.text}`
      const known = byText.get(key) ?? { spec, verb, members: [] }
      known.members.push(member)
      byText.set(key, known)
    }
  }
  return [...byText.values()].map(({ spec, verb, members }) => ({
    spec,
    verb,
    from: listVersions(pool, members),
  }))
}

/** `foo 1.0, 1.1 ... 2.3`: at most four versions. */
function listVersions(pool: PackagePool, members: readonly number[]): string {
  const [first] = members
  const name = first === undefined ? '' : pool.candidates[first]?.record.name
  const versions = [...new Set(members.map((member) => versionOf(pool, member)))].reverse()
  const shown = versions.length > 4 ? [...versions.slice(0, 2), '...', ...versions.slice(-1)] : versions
  return `${name} ${shown.join(', ')}`
}

function versionOf(pool: PackagePool, member: number): string {
  const candidate = pool.candidates[member]
  return candidate ? formatVersion(candidate.version) : ''
}

function noteNearMiss(spec: ParsedSpec, notes: Notes): void {
  const { pool, nearMisses, lines } = notes
  const { name } = spec.spec
  if (name.startsWith('__')) {
    noteFact(spec, notes)
    return
  }
  const found = pool.packages[pool.findPackage(name) ?? -1]
  if (!found) {
    nearMisses.add(`no channel has a package called \`${name}\``)
    return
  }
  if (found.members.length > 0) {
    nearMisses.add(`the channels have ${listVersions(pool, pool.matching({ text: name, spec: { name } }))}`)
  }
  for (const { record, reason } of found.excluded.slice(0, 3)) {
    const text = `${record.name} ${record.version} ${record.build} is excluded because ${reason}`
    nearMisses.add(text)
    lines.push(`  ${text}`)
  }
}

function noteFact(spec: ParsedSpec, { pool, nearMisses }: Notes): void {
  const { name } = spec.spec
  if (!name.startsWith('__')) return
  const fact = pool.virtualPackages.find((candidate) => candidate.name === name)
  if (fact && !contradictsFact(pool, spec)) return
  const variable = `CONDA_OVERRIDE_${name.slice(2).toUpperCase()}`
  const state = fact ? `this machine has ${fact.version}` : 'this machine has none'
  nearMisses.add(`${formatMatchSpec(spec.spec)} is needed, ${state}; ${variable} can set it`)
}
