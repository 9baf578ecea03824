import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { encodeMember, encodeMembers, encodeMsgpack, joinMembers } from '../../src/archive/index.js'

const value = fc.oneof(fc.integer(), fc.string(), fc.uint8Array({ maxLength: 40 }))
const map = (prefix: string) =>
  fc.dictionary(
    fc.string().map((key) => `${prefix}${key}`),
    value,
  )

describe('a map that is put together from encoded members', () => {
  test('has the bytes of one that was encoded as a whole', async () => {
    await fc.assert(
      fc.asyncProperty(map('a'), map('b'), async (left, right) => {
        const joined = joinMembers([await encodeMembers(left), await encodeMembers(right)])
        expect(Buffer.from(joined)).toEqual(Buffer.from(await encodeMsgpack({ ...left, ...right })))
      }),
    )
  })

  test.each([0, 15, 16, 65_535, 65_536])('has them with %i members, too', async (count) => {
    const whole = Object.fromEntries(Array.from({ length: count }, (_, at) => [`p${at}`, at % 3]))
    const joined = joinMembers([await encodeMembers(whole)])
    expect(Buffer.compare(joined, await encodeMsgpack(whole))).toBe(0)
  })

  test('can be a member itself', async () => {
    const inner = joinMembers([await encodeMembers({ a: 1 })])
    const outer = joinMembers([await encodeMembers({ version: 1 }), await encodeMember('inner', inner)])
    expect(Buffer.from(outer)).toEqual(Buffer.from(await encodeMsgpack({ version: 1, inner: { a: 1 } })))
  })
})
