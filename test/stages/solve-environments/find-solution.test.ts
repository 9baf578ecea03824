import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ChannelRecord } from '../../../src/stages/solve-environments/index.js'
import { bruteForce, instance, isValid, parse, solveInstance } from './random-channels.js'
import { record, titles } from './records.js'

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
  await expect(
    solveInstance({ records, specs: guests, constraints: [] }, { conflictLimit: 512 }),
  ).rejects.toMatchObject({
    code: 'solve/too-hard',
  })
})

test('contradictions that need many conflicts are proven: seven guests do not fit into six rooms', async () => {
  const { records, guests } = hotel(7)
  expect(await solveInstance({ records, specs: guests, constraints: [] })).toBeUndefined()
  expect(await solveInstance({ records, specs: guests.slice(1), constraints: [] })).toHaveLength(12)
})

describe('favoured records', () => {
  test('that satisfy the request are chosen, whatever else there is', async () => {
    await fc.assert(
      fc.asyncProperty(instance, async (problem) => {
        const favored = await solveInstance(problem, { strategy: 'lowest' })
        fc.pre(favored !== undefined)
        const solution = await solveInstance(problem, { favored })
        expect(solution?.every((candidate) => favored?.includes(candidate))).toBe(true)
      }),
      { numRuns: 1000 },
    )
  })

  test('do not change what is possible', async () => {
    await fc.assert(
      fc.asyncProperty(withChosen, async ({ problem, chosen }) => {
        const solution = await solveInstance(problem, { favored: chosen })
        expect(solution ? isValid(problem, solution) : !bruteForce(problem)).toBe(true)
      }),
      { numRuns: 2000 },
    )
  })

  test('stay possible when their channel has lost them, and are not asked for', async () => {
    const gone = record({ name: 'a', version: '1', depends: ['b <2'] })
    const unused = record({ name: 'c' })
    const records = [record({ name: 'a', version: '2' }), record({ name: 'b', version: '1' })]
    const options = { favored: [gone, unused] }
    const solution = await solveInstance({ records, specs: ['a'], constraints: [] }, options)
    expect(titles(solution ?? [])).toEqual(['a 1 0', 'b 1 0'])
    const newer = await solveInstance({ records, specs: ['a >=2'], constraints: [] }, options)
    expect(titles(newer ?? [])).toEqual(['a 2 0'])
  })
})

test('of pinned packages only the pinned record is possible, and none is asked for', async () => {
  await fc.assert(
    fc.asyncProperty(withChosen, async ({ problem, chosen }) => {
      const solution = await solveInstance(problem, { pinned: chosen })
      const isPinned = ({ name }: ChannelRecord) => chosen.some((pinned) => pinned.name === name)
      const records = [...problem.records.filter((candidate) => !isPinned(candidate)), ...chosen]
      const reduced = { ...problem, records }
      expect(solution ? isValid(reduced, solution) : !bruteForce(reduced)).toBe(true)
      expect((solution ?? []).every((candidate) => records.includes(candidate))).toBe(true)
      expect(titles(solution ?? []).sort()).toEqual(titles((await solveInstance(reduced)) ?? []).sort())
    }),
    { numRuns: 2000 },
  )
})

/** With up to three records of different packages. */
const withChosen = instance.chain((problem) =>
  fc.shuffledSubarray([...problem.records]).map((some) => {
    const chosen = [...new Map(some.slice(0, 3).map((candidate) => [candidate.name, candidate])).values()]
    return { problem, chosen }
  }),
)
