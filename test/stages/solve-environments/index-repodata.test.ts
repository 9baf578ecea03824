import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { solve } from '../../../src/stages/solve-environments/index.js'
import { tempDirectory, testContext } from '../../support/system.js'
import { platform } from './plan.js'
import { type RecordFields, titles, writeChannel } from './records.js'

/** A channel whose repodata is too large to be read at once: 40 records with 100 kB each. */
function largeChannel(directory: string, extra: readonly RecordFields[] = []): string {
  const license = 'x'.repeat(100_000)
  const records = Array.from({ length: 40 }, (_, index) => ({
    name: `p${index % 20}`,
    version: `${index}`,
    license,
  }))
  return writeChannel(directory, [...records, ...extra])
}

/** Each call is a new process as far as the index is concerned. */
async function solveIn(channel: string, cacheDirectory: string, spec: string): Promise<string[]> {
  const { context } = testContext()
  const options = { channels: [channel], platform: platform('linux-64'), cacheDirectory }
  return titles(await solve([spec], options, context))
}

function keptIndex(cacheDirectory: string): string {
  const directory = path.join(cacheDirectory, 'repodata')
  const [file = ''] = existsSync(directory) ? readdirSync(directory) : []
  return path.join(directory, file)
}

test('the index of a large file is kept and gives the same answers', async () => {
  const directory = tempDirectory()
  const cache = path.join(directory, 'cache')
  const channel = largeChannel(directory)
  expect(await solveIn(channel, cache, 'p3')).toEqual(['p3 23 0'])
  const kept = readFileSync(keptIndex(cache), 'utf8')
  expect(kept).toMatch(/^krait-repodata-index-1 \d+ /)
  expect(await solveIn(channel, cache, 'p3')).toEqual(['p3 23 0'])
  expect(readFileSync(keptIndex(cache), 'utf8')).toBe(kept)
})

test('an index whose places were moved would be noticed, so it is really used', async () => {
  const directory = tempDirectory()
  const cache = path.join(directory, 'cache')
  const channel = largeChannel(directory)
  await solveIn(channel, cache, 'p3')
  const file = keptIndex(cache)
  const [stamp = '', , json = ''] = readFileSync(file, 'utf8').split('\n')
  const moved = json.replace(/"p4"/, '"p3"').replace(/"p3"/, '"p4"')
  const { createHash } = await import('node:crypto')
  writeFileSync(file, `${stamp}\n${createHash('sha256').update(moved).digest('hex')}\n${moved}`)
  await expect(solveIn(channel, cache, 'p3')).rejects.toMatchObject({ code: 'solve/unsatisfiable' })
})

test('an index of a file that has changed is made again', async () => {
  const directory = tempDirectory()
  const cache = path.join(directory, 'cache')
  await solveIn(largeChannel(directory), cache, 'p3')
  expect(await solveIn(largeChannel(directory, [{ name: 'p3', version: '99' }]), cache, 'p3')).toEqual([
    'p3 99 0',
  ])
})

test.each([
  ['cut off', (text: string) => text.slice(0, text.length / 2)],
  ['changed in one place', (text: string) => text.replace('"p3"', '"p9"')],
  ['empty', () => ''],
  ['of another form', (text: string) => text.replace('index-1', 'index-0')],
])('an index that is %s is made again', async (_title, damage) => {
  const directory = tempDirectory()
  const cache = path.join(directory, 'cache')
  const channel = largeChannel(directory)
  await solveIn(channel, cache, 'p3')
  const kept = readFileSync(keptIndex(cache), 'utf8')
  writeFileSync(keptIndex(cache), damage(kept))
  expect(await solveIn(channel, cache, 'p3')).toEqual(['p3 23 0'])
  expect(readFileSync(keptIndex(cache), 'utf8')).toBe(kept)
})

test('a cache that cannot be written costs nothing but time', async () => {
  const directory = tempDirectory()
  const cache = path.join(directory, 'cache')
  writeFileSync(cache, 'a file where the directory should be')
  expect(await solveIn(largeChannel(directory), cache, 'p3')).toEqual(['p3 23 0'])
})
