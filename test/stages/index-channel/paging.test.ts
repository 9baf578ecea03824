import fc from 'fast-check'
import { expect, test } from 'vitest'
import { divide, splitIntoPages } from '../../../src/stages/index-channel/paging.js'

const names = fc.uniqueArray(fc.stringMatching(/^[a-c.-]{1,4}$/)).map((list) => list.sort())
const self = (name: string) => name

test('every item is on one page, in order, and none is before the start of its page or after that of the next', () => {
  fc.assert(
    fc.property(names, names, (starts, items) => {
      const runs = divide(starts, items, self)
      expect(runs.flat()).toEqual(items)
      expect(runs).toHaveLength(Math.max(starts.length, 1))
      for (const [at, run] of runs.entries()) {
        const [start = '', next = '\uffff'] = starts.slice(at, at + 2)
        expect(run.filter((name) => (at > 0 && name < start) || name >= next)).toEqual([])
      }
    }),
  )
})

test('a page that got too many items becomes several of 64, and one without items goes', () => {
  const sizes = [0, 1, 128, 129, 200].map((count) => {
    const items = Array.from({ length: count }, (_, at) => at)
    const pages = splitIntoPages(items)
    expect(pages.flat()).toEqual(items)
    return pages.map(({ length }) => length)
  })
  expect(sizes).toEqual([[], [1], [128], [64, 64, 1], [64, 64, 64, 8]])
})
