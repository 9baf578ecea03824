import { expect, test } from 'vitest'
import { jsonOf } from '../evaluate.js'

const git = {
  headRev: (source: string) => `rev of ${source}`,
  latestTag: () => 'v1',
  latestTagRev: () => 'abc',
  latestTagDistance: () => 3,
}

test.each([
  ['git.head_rev(".")', 'rev of .'],
  ['git.latest_tag(".")', 'v1'],
  ['git.latest_tag_rev(".")', 'abc'],
  ['git.latest_tag_distance(".") + 1', 4],
])('%s asks the repository', (expression, expected) => {
  expect(jsonOf(expression, { functions: { effects: { git } } })).toBe(expected)
})

test('needs the experimental flag', () => {
  expect(() => jsonOf('git.head_rev(".")', { functions: { effects: { git }, experimental: false } })).toThrow(
    /provide the `--experimental` flag to enable this feature/,
  )
})

test('says so where it cannot be answered', () => {
  expect(() => jsonOf('git.head_rev(".")')).toThrow(/not supported yet: `git.head_rev`/)
})
