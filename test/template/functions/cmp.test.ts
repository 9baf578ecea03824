import { expect, test } from 'vitest'
import { jsonOf } from '../evaluate.js'

test('says what replaced it', () => {
  expect(() => jsonOf('cmp("a", "b")')).toThrow(/use match/)
})
