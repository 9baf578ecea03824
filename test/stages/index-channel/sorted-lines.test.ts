import fc from 'fast-check'
import { expect, test } from 'vitest'
import { concatBytes } from '../../../src/stages/index-channel/join-bytes.js'
import { replaceLines } from '../../../src/stages/index-channel/sorted-lines.js'

const name = fc.stringMatching(/^[a-b_.-]{1,3}$/)
const values = fc.dictionary(name, fc.json({ maxDepth: 1 }), { noNullPrototype: true })

function toList(lines: Readonly<Record<string, string>>): string {
  const sorted = Object.keys(lines).sort()
  return sorted.map((key) => `${JSON.stringify(key)}:${lines[key]}`).join(',\n')
}

test('lines come, go and change where they belong, and all others stay as they are', () => {
  fc.assert(
    fc.property(values, values, fc.array(name), (former, made, gone) => {
      const names = new Set([...gone, ...Object.keys(made)])
      const list = Buffer.from(toList(former))
      const replaced = concatBytes(replaceLines(list, names, new Map(Object.entries(made))))
      const kept = Object.entries(former).filter(([key]) => !names.has(key))
      expect(replaced.toString()).toBe(toList({ ...Object.fromEntries(kept), ...made }))
    }),
    { numRuns: 1000 },
  )
})
