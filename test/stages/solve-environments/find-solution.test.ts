import fc from 'fast-check'
import { expect, test } from 'vitest'
import { matchesRecord, parseMatchSpec } from '../../../src/conda/index.js'
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
const build = fc.record({
  version: fc.constantFrom('1', '2', '3'),
  build: fc.constantFrom('x', 'y'),
  depends: fc.array(spec, { maxLength: 3 }),
  constrains: fc.array(spec, { maxLength: 1 }),
})
const instance: fc.Arbitrary<Instance> = fc
  .tuple(
    fc.array(fc.array(build, { maxLength: 4 }), { minLength: names.length, maxLength: names.length }),
    fc.array(spec, { minLength: 1, maxLength: 3 }),
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

function fits(text: string, candidate: ChannelRecord): boolean {
  return matchesRecord(parseMatchSpec(text, { mode: 'lenient' }), candidate)
}

function isValid({ specs, constraints }: Instance, chosen: readonly ChannelRecord[]): boolean {
  const requires = (text: string) => chosen.some((candidate) => fits(text, candidate))
  const nameOf = (text: string) => text.split(' ')[0]
  const allows = (text: string) =>
    chosen.every(({ name }, at) => {
      const candidate = chosen[at]
      return name !== nameOf(text) || (candidate !== undefined && fits(text, candidate))
    })
  return (
    specs.every(requires) &&
    constraints.every(allows) &&
    chosen.every(({ depends, constrains }) => depends.every(requires) && (constrains ?? []).every(allows))
  )
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
      expect(solution !== undefined).toBe(bruteForce(problem))
      if (solution) expect(isValid(problem, solution)).toBe(true)
    }),
    { numRuns: 3000 },
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
      const needed = new Set(problem.specs.map((text) => text.split(' ')[0]))
      for (const name of needed) {
        for (const text of solution?.find((candidate) => candidate.name === name)?.depends ?? []) {
          needed.add(text.split(' ')[0])
        }
      }
      expect(solution?.filter(({ name }) => !needed.has(name)) ?? []).toEqual([])
    }),
    { numRuns: 500 },
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
