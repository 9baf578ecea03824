import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeMsgpack, joinMembers } from '../../../src/archive/index.js'
import {
  fromLine,
  replaceShards,
  type Shard,
  type ShardPage,
  shardsOf,
} from '../../../src/stages/index-channel/shard-pages.js'

// Some of them would be the first members of any object in JavaScript, whatever their order.
const name = fc.nat({ max: 400 }).map((at) => (at === 0 ? '__proto__' : at % 7 === 0 ? `${at}` : `p${at}`))
const content = fc.option(fc.nat({ max: 3 }), { nil: undefined })
const change = fc.array(fc.tuple(name, content), { maxLength: 250 })

function toShard(key: string, made: number): Shard {
  return { name: key, hash: createHash('sha256').update(`${key} ${made}`).digest('hex') }
}

/** The library refuses to read a key that is the name of a prototype. */
async function hashesIn(pages: readonly ShardPage[]): Promise<ReadonlyMap<string, string>> {
  const bytes = Buffer.from(joinMembers(pages.map(({ members }) => members)))
  const plain = Buffer.from(bytes.toString('latin1').replace('__proto__', '__PROTO__'), 'latin1')
  const map = (await decodeMsgpack(plain)) as Readonly<Record<string, Uint8Array>>
  return new Map(
    Object.entries(map).map(([key, hash]) => [
      key === '__PROTO__' ? '__proto__' : key,
      Buffer.from(hash).toString('hex'),
    ]),
  )
}

test('an index that is changed page by page has the shards of all changes together', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes) => {
      const expected = new Map<string, Shard>()
      let pages: readonly ShardPage[] = []
      for (const steps of changes) {
        const before = new Map(expected)
        const last = new Map(steps)
        const made = new Map<string, Shard>()
        for (const [key, number] of last) {
          expected.delete(key)
          if (number === undefined) continue
          made.set(key, toShard(key, number))
          expected.set(key, toShard(key, number))
        }
        const result = await replaceShards(pages, new Set(last.keys()), made)
        const touched = [...before.values()].filter((shard) => last.has(shard.name))
        expect(new Set(result.replaced)).toEqual(new Set(touched))
        pages = result.pages.map(({ line }) => fromLine(line))
      }
      expect(new Set(pages.flatMap(shardsOf))).toEqual(new Set(expected.values()))
      const hashes = [...expected.values()].map((shard) => [shard.name, shard.hash] as const)
      expect(await hashesIn(pages)).toEqual(new Map(hashes))
    }),
    { numRuns: 40 },
  )
})
