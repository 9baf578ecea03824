import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Condition, type MatchSpec, matchesRecord, parseMatchSpec } from '../../../src/conda/index.js'
import { findSolution } from '../../../src/stages/solve-environments/find-solution.js'
import type { ChannelRecord } from '../../../src/stages/solve-environments/index.js'
import { createPackagePool } from '../../../src/stages/solve-environments/package-pool.js'
import { createSpecParser } from '../../../src/stages/solve-environments/parsed-spec.js'
import { record } from './records.js'

interface Instance {
  readonly records: readonly ChannelRecord[]
  readonly specs: readonly string[]
  readonly constraints: readonly string[]
}

const names = ['a', 'b', 'c', 'd', 'e']
const spec = fc
  .tuple(
    fc.constantFrom(...names),
    fc.constantFrom('', ' >=2', ' <2', ' ==1', ' ==3', ' !=2', ' 1.*|3.*', ' * x'),
  )
  .map(([name, condition]) => name + condition)
/** Specs with conditions and extras, as records of revision 3 have them. */
const condition = fc
  .tuple(spec, fc.option(spec), fc.constantFrom('and', 'or'))
  .map(([left, right, word]) => [left, ...(right === null ? [] : [word, right])].map(asCondition).join(' '))
const special = fc
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

const instance: fc.Arbitrary<Instance> = fc
  .tuple(
    fc.array(fc.array(build, { maxLength: 4 }), { minLength: names.length, maxLength: names.length }),
    fc.array(fc.oneof(spec, special), { minLength: 1, maxLength: 3 }),
    fc.array(spec, { maxLength: 1 }),
  )
  .map(([builds, specs, constraints]) => ({
    specs,
    constraints,
    records: builds.flatMap((list, index) => {
      const byName = new Map(list.map((fields) => [`${fields.version}-${fields.build}`, fields]))
      return [...byName.values()].map((fields) => record({ name: names[index] ?? '', ...fields }))
    }),
  }))

const parse = (() => {
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
function isValid({ specs, constraints }: Instance, chosen: readonly ChannelRecord[]): boolean {
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
function bruteForce(problem: Instance): boolean {
  const options = names.map((name) => problem.records.filter((candidate) => candidate.name === name))
  const tryFrom = (at: number, chosen: readonly ChannelRecord[]): boolean => {
    const list = options[at]
    if (!list) return isValid(problem, chosen)
    return tryFrom(at + 1, chosen) || list.some((candidate) => tryFrom(at + 1, [...chosen, candidate]))
  }
  return tryFrom(0, [])
}

/** One guest per room, and one room fewer than guests: a contradiction that takes long to prove. */
function hotel(count: number) {
  const guests = Array.from({ length: count }, (_, index) => `g${index + 1}`)
  const rooms = guests.slice(1).map((_, index) => `room${index}`)
  const bookings = guests.flatMap((guest) =>
    rooms.map((room, at) =>
      record({ name: guest, version: `${at}`, depends: [`${room} ==${guest.slice(1)}`] }),
    ),
  )
  const occupants = rooms.flatMap((room) =>
    guests.map((guest) => record({ name: room, version: guest.slice(1) })),
  )
  return { guests, records: [...bookings, ...occupants] }
}

async function solveInstance(
  { records, specs, constraints }: Instance,
  conflictLimit = 100_000,
): Promise<ChannelRecord[] | undefined> {
  const parseSpec = createSpecParser()
  const requested = specs.map(parseSpec)
  const pool = await createPackagePool({
    specs: requested,
    parseSpec,
    findRecords: async (name) => [records.filter((candidate) => candidate.name === name)],
    virtualPackages: [],
    channelPriority: 'strict',
    strategy: 'highest',
    isDirect: () => true,
  })
  const request = { specs: requested, constraints: constraints.map(parseSpec) }
  const limits = { signal: new AbortController().signal, conflictLimit }
  const solution = await findSolution(pool, request, limits)
  return solution?.flatMap((candidate) => pool.candidates[candidate]?.record ?? [])
}

test('it finds a valid solution exactly when trying everything finds one', async () => {
  await fc.assert(
    fc.asyncProperty(instance, async (problem) => {
      const solution = await solveInstance(problem)
      // Trying everything takes long, and a valid solution is its own proof.
      expect(solution ? isValid(problem, solution) : !bruteForce(problem)).toBe(true)
    }),
    { numRuns: 10_000 },
  )
})

test('a package that can never be installed stays out after the search went back', async () => {
  const records = [
    record({ name: 'b', build: 'x', depends: ['gone'], constrains: ['c <2'] }),
    record({ name: 'b', build: 'y', depends: ['gone'] }),
    record({ name: 'c', version: '1' }),
    record({ name: 'c', version: '2' }),
  ]
  expect(await solveInstance({ records, specs: ['c', 'b'], constraints: [] })).toBeUndefined()
})

test('nothing is installed that the solution does not need', async () => {
  await fc.assert(
    fc.asyncProperty(instance, async (problem) => {
      const solution = await solveInstance(problem)
      const needed = new Set(problem.specs.map((text) => parse(text).name))
      for (const name of needed) {
        const { depends = [], extra_depends: extras = {} } =
          solution?.find((found) => found.name === name) ?? {}
        for (const text of [...depends, ...Object.values(extras).flat()]) needed.add(parse(text).name)
      }
      expect(solution?.filter(({ name }) => !needed.has(name)) ?? []).toEqual([])
    }),
    { numRuns: 500 },
  )
})

test('no package could be a newer one with all others as they are', async () => {
  await fc.assert(
    fc.asyncProperty(instance, async (problem) => {
      const solution = (await solveInstance(problem)) ?? []
      for (const chosen of solution) {
        const newer = problem.records.filter(
          ({ name, version }) => name === chosen.name && version > chosen.version,
        )
        for (const candidate of newer) {
          const swapped = solution.map((other) => (other === chosen ? candidate : other))
          expect(isValid(problem, swapped)).toBe(false)
        }
      }
    }),
    { numRuns: 2000 },
  )
})

test('a search that takes too many conflicts is given up', async () => {
  const { records, guests } = hotel(9)
  await expect(solveInstance({ records, specs: guests, constraints: [] }, 512)).rejects.toMatchObject({
    code: 'solve/too-hard',
  })
})

test('contradictions that need many conflicts are proven: seven guests do not fit into six rooms', async () => {
  const { records, guests } = hotel(7)
  expect(await solveInstance({ records, specs: guests, constraints: [] })).toBeUndefined()
  expect(await solveInstance({ records, specs: guests.slice(1), constraints: [] })).toHaveLength(12)
})
