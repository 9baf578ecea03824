import { readdirSync } from 'node:fs'
import path from 'node:path'
import { Readable } from 'node:stream'
import { setTimeout } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { ensurePackage } from '../../../src/stages/install-prefixes/package-cache.js'
import type { StageContext } from '../../../src/system/index.js'
import { tempDirectory, testContext } from '../../support/system.js'
import { writePackage } from './packages.js'

async function setUp(files = 300) {
  const directory = tempDirectory()
  const { context } = testContext()
  const names = Array.from({ length: files }, (_, at) => [`share/many/${at}`, `${at}`])
  const record = await writePackage(directory, { name: 'many', files: Object.fromEntries(names) }, context)
  const cache = path.join(directory, 'cache')
  return { context, record, cache, entries: () => readdirSync(path.join(cache, 'pkgs/v1')) }
}

/** A disk that cannot be read when the sum of the archive is taken, which is the first that is done with it. */
function withBadDisk(context: StageContext): StageContext {
  const { fs } = context.system
  let reads = 0
  const createReadStream: typeof fs.createReadStream = (...given) => {
    reads += 1
    if (reads > 1) return fs.createReadStream(...given)
    return new Readable({ read: () => {} }).destroy(new Error('EIO: i/o error, read'))
  }
  return { ...context, system: { ...context.system, fs: { ...fs, createReadStream } } }
}

test('an archive whose sum cannot be taken leaves nothing, also not what was just being unpacked', async () => {
  const { context, record, cache, entries } = await setUp()
  await expect(ensurePackage(record, cache, withBadDisk(context))).rejects.toThrow('EIO')
  expect(entries()).toEqual([])
  // What goes on behind the back of the caller would have made directories by now.
  await setTimeout(300)
  expect(entries()).toEqual([])
})

test('the same package is complete when it is asked for again at once', async () => {
  const { context, record, cache, entries } = await setUp()
  await expect(ensurePackage(record, cache, withBadDisk(context))).rejects.toThrow('EIO')
  const { directory } = await ensurePackage(record, cache, context)
  expect(readdirSync(path.join(directory, 'share/many'))).toHaveLength(300)
  expect(entries()).toEqual([path.basename(directory)])
})

test('an archive with another sum leaves nothing', async () => {
  const { context, record, cache, entries } = await setUp(3)
  const other = { ...record, sha256: 'a'.repeat(64) }
  await expect(ensurePackage(other, cache, context)).rejects.toThrow('sha256')
  expect(entries()).toEqual([])
})
