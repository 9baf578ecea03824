import { expect, test } from 'vitest'
import { groupBy } from '../../src/text/index.js'

test('groups and their items keep the order of the list', () => {
  const words = ['pear', 'fig', 'plum', 'apple', 'nut', 'kiwi']
  expect([...groupBy(words, (word) => word.length)]).toEqual([
    [4, ['pear', 'plum', 'kiwi']],
    [3, ['fig', 'nut']],
    [5, ['apple']],
  ])
})

test('keys may be names of what every object has', () => {
  expect([...groupBy(['__proto__', 'constructor'], (word) => word).keys()]).toEqual([
    '__proto__',
    'constructor',
  ])
})
