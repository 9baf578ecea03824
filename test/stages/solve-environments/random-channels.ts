/** Small random channels with requests, the rules of a valid solution, and a solver that tries everything. */
import fc from 'fast-check'
import {
  type Condition,
  type MatchSpec,
  matchesRecord,
  parseMatchSpec,
  type VirtualPackage,
} from '../../../src/conda/index.js'
import { findSolution } from '../../../src/stages/solve-environments/find-solution.js'
import type { ChannelRecord, SolveStrategy } from '../../../src/stages/solve-environments/index.js'
import { createPackagePool } from '../../../src/stages/solve-environments/package-pool.js'
import { createSpecParser } from '../../../src/stages/solve-environments/parsed-spec.js'
import { groupBy } from '../../../src/text/index.js'
import { record } from './records.js'

export interface Instance {
  readonly records: readonly ChannelRecord[]
  readonly specs: readonly string[]
  readonly constraints: readonly string[]
}

export const names = ['a', 'b', 'c', 'd', 'e']
export const spec = fc
  .tuple(
    fc.constantFrom(...names),
    fc.constantFrom('', ' >=2', ' <2', ' ==1', ' ==3', ' !=2', ' 1.*|3.*', ' * x'),
  )
  .map(([name, condition]) => name + condition)

/** Specs with conditions and extras, as records of revision 3 have them. */
const condition = fc
  .tuple(spec, fc.option(spec), fc.constantFrom('and', 'or'))
  .map(([left, right, word]) => [left, ...(right === null ? [] : [word, right])].map(asCondition).join(' '))
export const special = fc
  .tuple(spec, fc.option(condition), fc.option(fc.constantFrom('x', 'y')))
  .map(([text, when, extra]) => {
    const entries = [
      ...(extra === null ? [] : [`extras=[${extra}]`]),
      ...(when === null ? [] : [`when="${when}"`]),
    ]
    return entries.length > 0 ? `${text}[${entries.join(', ')}]` : text
  })
const build = fc.record({
  version: fc.constantFrom('1', '2', '3'),
  build: fc.constantFrom('x', 'y'),
  depends: fc.array(fc.oneof(spec, spec, special), { maxLength: 3 }),
  constrains: fc.array(spec, { maxLength: 1 }),
  extra_depends: fc.dictionary(fc.constantFrom('x', 'y'), fc.array(special, { maxLength: 2 })),
})

/** `a >=2` in conditions is `a>=2`; what else a spec says goes into brackets. */
function asCondition(text: string): string {
  if (text === 'and' || text === 'or') return text
  const [name = '', version = '', build] = text.split(' ')
  if (build !== undefined) return `${name}[build='${build}']`
  return version === '' ? name : `${name}[version='${version}']`
}

type Build = Partial<ChannelRecord> & { readonly version: string; readonly build: string }

function toInstance(
  build: fc.Arbitrary<Build>,
  request: fc.Arbitrary<string>,
  constraints: fc.Arbitrary<readonly string[]>,
  minLength = 0,
): fc.Arbitrary<Instance> {
  const builds = fc.array(build, { minLength, maxLength: 4 })
  return fc
    .tuple(
      fc.array(builds, { minLength: names.length, maxLength: names.length }),
      fc.array(request, { minLength: 1, maxLength: 3 }),
      constraints,
    )
    .map(([all, specs, constraints]) => ({
      specs,
      constraints,
      records: all.flatMap((list, index) => {
        const byName = new Map(list.map((fields) => [`${fields.version}-${fields.build}`, fields]))
        return [...byName.values()].map((fields) => record({ name: names[index] ?? '', ...fields }))
      }),
    }))
}

export const instance: fc.Arbitrary<Instance> = toInstance(
  build,
  fc.oneof(spec, special),
  fc.array(spec, { maxLength: 1 }),
)

/** Without conditions, extras and constraints of the request; version and build number say which record is best. */
export const plainInstance: fc.Arbitrary<Instance> = toInstance(
  fc
    .record({
      version: fc.constantFrom('1', '2', '3'),
      build: fc.constantFrom('x', 'y'),
      depends: fc.array(spec, { maxLength: 2 }),
      constrains: fc.array(spec, { maxLength: 1 }),
    })
    .map((fields) => ({ ...fields, build_number: fields.build === 'x' ? 0 : 1 })),
  spec,
  fc.constant([]),
  2,
)

export const parse = (() => {
  const cache = new Map<string, MatchSpec>()
  return (text: string) => {
    const spec = cache.get(text) ?? parseMatchSpec(text, { mode: 'lenient', v3: true })
    cache.set(text, spec)
    return spec
  }
})()

function holds(condition: Condition, chosen: readonly ChannelRecord[]): boolean {
  if (condition.kind === 'spec') return chosen.some((candidate) => matchesRecord(condition.spec, candidate))
  const parts = condition.conditions.map((part) => holds(part, chosen))
  return condition.kind === 'and' ? parts.every(Boolean) : parts.some(Boolean)
}

/** The rules as the CEPs say them: conditions over the whole solution, extras of the package that was chosen. */
export function isValid({ specs, constraints }: Instance, chosen: readonly ChannelRecord[]): boolean {
  const allows = (text: string) =>
    chosen.every((candidate) => candidate.name !== parse(text).name || matchesRecord(parse(text), candidate))
  if (!constraints.every(allows)) return false
  const pending = [...specs, ...chosen.flatMap(({ depends }) => depends)]
  const extras = new Set<string>()
  for (const text of pending) {
    const { when, extras: wanted = [], name } = parse(text)
    if (when && !holds(when, chosen)) continue
    const found = chosen.find((candidate) => matchesRecord(parse(text), candidate))
    if (!found) return false
    for (const extra of wanted) {
      if (extras.has(`${name} ${extra}`)) continue
      extras.add(`${name} ${extra}`)
      pending.push(...(found.extra_depends?.[extra] ?? []))
    }
  }
  return chosen.every(({ constrains }) => (constrains ?? []).every(allows))
}

/** Tries every choice of at most one record per name. */
export function bruteForce(problem: Instance): boolean {
  const options = names.map((name) => problem.records.filter((candidate) => candidate.name === name))
  const tryFrom = (at: number, chosen: readonly ChannelRecord[]): boolean => {
    const list = options[at]
    if (!list) return isValid(problem, chosen)
    return tryFrom(at + 1, chosen) || list.some((candidate) => tryFrom(at + 1, [...chosen, candidate]))
  }
  return tryFrom(0, [])
}

export interface InstanceOptions {
  readonly conflictLimit?: number
  readonly strategy?: SolveStrategy
  readonly favored?: readonly ChannelRecord[]
  readonly pinned?: readonly ChannelRecord[]
  readonly virtualPackages?: readonly VirtualPackage[]
}

/** The own solver's answer. */
export async function solveInstance(
  { records, specs, constraints }: Instance,
  options: InstanceOptions = {},
): Promise<ChannelRecord[] | undefined> {
  const parseSpec = createSpecParser()
  const byName = groupBy(records, ({ name }) => name)
  const requested = specs.map(parseSpec)
  const pool = await createPackagePool({
    specs: requested,
    parseSpec,
    findRecords: async (name) => [byName.get(name) ?? []],
    virtualPackages: options.virtualPackages ?? [],
    channelPriority: 'strict',
    strategy: options.strategy ?? 'highest',
    isDirect: () => true,
    preferences: { favored: options.favored ?? [], pinned: options.pinned ?? [] },
  })
  const request = { specs: requested, constraints: constraints.map(parseSpec) }
  const limits = { signal: new AbortController().signal, conflictLimit: options.conflictLimit ?? 100_000 }
  const solution = await findSolution(pool, request, limits)
  return solution?.flatMap((candidate) => pool.candidates[candidate]?.record ?? [])
}
