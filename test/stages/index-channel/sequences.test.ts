/** An index that follows changes never differs from one that is made anew. */
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { decodeMsgpack, decompressZstd } from '../../../src/archive/index.js'
import { checkChannel, indexChannel } from '../../../src/stages/index-channel/index.js'
import type { StageContext } from '../../../src/system/index.js'
import { tempDirectory, testContext } from '../../support/system.js'
import { writePackage } from '../install-prefixes/packages.js'
import { anyStep, fillPool, takeStep } from './channel-steps.js'

const pool = mkdtempSync(path.join(os.tmpdir(), 'krait-test-'))
beforeAll(() => fillPool(pool, testContext().context))
afterAll(() => rmSync(pool, { recursive: true }))

/** All forms, without when they were made. */
async function readForms(channel: string, { system }: StageContext): Promise<Record<string, unknown>> {
  const text = (at: string) => readFileSync(path.join(channel, at), 'utf8')
  const unpack = (at: string) => decompressZstd(readFileSync(path.join(channel, at)), system)
  const found: Record<string, unknown> = { channeldata: text('channeldata.json') }
  for (const subdir of subdirsOf(channel)) {
    const shards = await decodeMsgpack(await unpack(`${subdir}/repodata_shards.msgpack.zst`))
    const { info, ...rest } = shards as { readonly info: object }
    found[subdir] = {
      repodata: text(`${subdir}/repodata.json`),
      compressed: (await unpack(`${subdir}/repodata.json.zst`)).toString(),
      runExports: text(`${subdir}/run_exports.json`),
      shards: { ...rest, info: { ...info, created_at: '' } },
    }
  }
  return found
}

function subdirsOf(channel: string): readonly string[] {
  return readdirSync(channel).filter((name) => name !== 'channeldata.json')
}

/** The forms of a new channel with the same package files. */
async function indexAnew(channel: string, context: StageContext): Promise<Record<string, unknown>> {
  const fresh = path.join(channel, '../fresh')
  for (const subdir of subdirsOf(channel)) {
    const [from, to] = [path.join(channel, subdir), path.join(fresh, subdir)]
    mkdirSync(to, { recursive: true })
    const files = readdirSync(from).filter((name) => /\.(?:conda|tar\.bz2)$/.test(name))
    for (const fn of files) copyFileSync(path.join(from, fn), path.join(to, fn))
  }
  await indexChannel(fresh, { complete: true }, context)
  return readForms(fresh, context)
}

/** Enough for several pages of what is remembered. */
const manyNames = Array.from({ length: 200 }, (_, at) => `p${at}`)

test('an index of many packages follows changes at all places', async () => {
  const directory = tempDirectory()
  const { context } = testContext()
  const from = path.join(directory, 'many')
  for (const name of manyNames) await writePackage(from, { name, subdir: 'noarch' }, context)
  const files = readdirSync(path.join(from, 'noarch')).sort()
  const range = fc.record({
    at: fc.nat({ max: files.length - 1 }),
    length: fc.nat({ max: 120 }),
    isThere: fc.boolean(),
  })
  const steps = fc.array(fc.array(range, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 4 })
  await fc.assert(
    fc.asyncProperty(steps, async (taken) => {
      const place = mkdtempSync(path.join(directory, 'place-'))
      const channel = path.join(place, 'channel')
      mkdirSync(path.join(channel, 'noarch'), { recursive: true })
      for (const ranges of taken) {
        for (const { at, length, isThere } of ranges) {
          for (const fn of files.slice(at, at + length)) {
            const target = path.join(channel, 'noarch', fn)
            if (isThere) copyFileSync(path.join(from, 'noarch', fn), target)
            else rmSync(target, { force: true })
          }
        }
        await indexChannel(channel, { complete: true }, context)
      }
      expect(await readForms(channel, context)).toEqual(await indexAnew(channel, context))
      rmSync(place, { recursive: true })
    }),
    { numRuns: 8 },
  )
}, 180_000)

test('every form is as in a new channel, whatever happened to files, forms, notes and writers before', async () => {
  const directory = tempDirectory()
  const { context } = testContext()
  const steps = fc.array(anyStep, { minLength: 1, maxLength: 14 })
  await fc.assert(
    fc.asyncProperty(steps, async (taken) => {
      const place = mkdtempSync(path.join(directory, 'place-'))
      const channel = path.join(place, 'channel')
      mkdirSync(channel)
      for (const step of taken) await takeStep(step, { channel, pool, context })
      await indexChannel(channel, { complete: true }, context)
      expect(await readForms(channel, context)).toEqual(await indexAnew(channel, context))
      const { problems } = await checkChannel(channel, context)
      // Files that cannot be in an index stay where they are.
      expect(problems.filter(({ fn }) => fn === undefined)).toEqual([])
      rmSync(place, { recursive: true })
    }),
    { numRuns: 30 },
  )
}, 180_000)
