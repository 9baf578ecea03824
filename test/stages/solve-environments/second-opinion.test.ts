import { Worker } from 'node:worker_threads'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { compareVersions, parseVersion, parseVersionSpec, versionMatches } from '../../../src/conda/index.js'
import type { ChannelRecord } from '../../../src/stages/solve-environments/index.js'
import { type Instance, isValid, plainInstance, solveInstance } from './random-channels.js'

type Answer<T> = { readonly answer: T } | { readonly defect: string }

const limitMs = 5000
let worker: Worker | undefined

afterAll(async () => {
  await worker?.terminate()
})

/** The answer of the other implementation; a defect is an answer too: a trap, a refusal to read, taking too long. */
async function ask<T>(kind: 'solve' | 'compare' | 'matches', question: unknown): Promise<Answer<T>> {
  worker ??= new Worker(new URL('second-opinion-worker.mjs', import.meta.url))
  const asked = worker
  const reply = await new Promise<Answer<T>>((resolve) => {
    const finish = (result: Answer<T>) => {
      clearTimeout(timer)
      asked.off('message', finish).off('error', fail).off('exit', fail)
      resolve(result)
    }
    const fail = (reason: unknown) => finish({ defect: String(reason) })
    const timer = setTimeout(() => fail('time limit'), limitMs)
    asked.on('message', finish).on('error', fail).on('exit', fail)
    asked.postMessage({ kind, question })
  })
  if ('defect' in reply) {
    worker = undefined
    void asked.terminate()
  }
  return reply
}

function toRepodata(records: readonly ChannelRecord[]): string {
  const entries = records.map(({ fn, url: _url, channel: _channel, ...fields }) => [fn, fields])
  return JSON.stringify({
    info: { subdir: 'linux-64' },
    packages: {},
    'packages.conda': Object.fromEntries(entries),
    repodata_version: 1,
  })
}

/** False when the other solution has newer requested packages, and no older ones. */
function isAsGood(
  own: readonly ChannelRecord[],
  other: readonly ChannelRecord[],
  specs: Instance['specs'],
): boolean {
  const requested = new Set(specs.map((text) => text.split(' ')[0]))
  const orders = [...requested].map((name) => {
    const [left, right] = [own, other].map((records) => records.find((found) => found.name === name))
    return left && right ? compareRecords(left, right) : 0
  })
  return orders.some((order) => order > 0) || orders.every((order) => order === 0)
}

function compareRecords(left: ChannelRecord, right: ChannelRecord): number {
  const order = compareVersions(parseVersion(left.version), parseVersion(right.version))
  return order || left.build_number - right.build_number
}

test('another solver agrees on what is possible, and its solutions are no better', async () => {
  const counts = { same: 0, different: 0, defects: 0, impossible: 0 }
  await fc.assert(
    fc.asyncProperty(plainInstance, async (problem) => {
      const own = await solveInstance(problem)
      const question = { specs: problem.specs, repodata: toRepodata(problem.records) }
      const reply = await ask<readonly string[] | undefined>('solve', question)
      if ('defect' in reply) {
        counts.defects += 1
        return
      }
      const { answer } = reply
      expect(own !== undefined).toBe(answer !== undefined)
      if (!own || !answer) {
        counts.impossible += 1
        return
      }
      const other = problem.records.filter(({ fn }) => answer.includes(fn))
      expect(isValid(problem, other)).toBe(true)
      expect(isAsGood(own, other, problem.specs)).toBe(true)
      const isSame = own.length === other.length && own.every((record) => other.includes(record))
      counts[isSame ? 'same' : 'different'] += 1
    }),
    { numRuns: 1000, seed },
  )
  // A comparison that compares nothing would pass as well.
  expect(counts.defects).toBeLessThan(20)
  expect(counts.same).toBeGreaterThan(counts.different * 4)
  expect(counts.impossible).toBeGreaterThan(10)
})

/** Numbers, and words between them. */
const word = fc.constantFrom('a', 'b', 'rc', 'alpha', 'dev', 'post', 'z')
const number = fc.oneof(fc.nat({ max: 3 }), fc.nat({ max: 20_240_101 })).map(String)
const segment = fc
  .tuple(number, fc.option(fc.tuple(word, fc.option(number))))
  .map(([first, more]) => first + (more ? more[0] + (more[1] ?? '') : ''))
const version = fc
  .tuple(
    fc.constantFrom('', '', '', '1!'),
    fc.array(segment, { minLength: 1, maxLength: 4 }),
    fc.constantFrom('.', '.', '-', '_'),
    fc.constantFrom('', '', '', '+1', '+1.x'),
  )
  .map(([epoch, segments, separator, local]) => epoch + segments.join(separator) + local)
/** Similar versions, so that the order is decided late. */
/** The other side has defects of its own, so what is asked stays the same; new questions are asked by hand. */
const seed = 7

const pair = fc.tuple(version, version, fc.nat({ max: 6 })).map(([left, right, kept]) => {
  return [left, kept === 0 ? right : left.slice(0, kept) + right.slice(kept)] as const
})

describe('another implementation of versions', () => {
  test('sorts them in the same order', async () => {
    let compared = 0
    await fc.assert(
      fc.asyncProperty(pair, async ([left, right]) => {
        // `devdev` and `postfix` are known defects of the other side.
        fc.pre(!/[a-z](dev|post)|(dev|post)[a-z]/.test(`${left} ${right}`))
        const reply = await ask<number>('compare', { left, right })
        if ('defect' in reply) {
          expect(() => [left, right].map(parseVersion)).toThrow('malformed version')
          return
        }
        compared += 1
        expect(Math.sign(compareVersions(parseVersion(left), parseVersion(right)))).toBe(
          Math.sign(reply.answer),
        )
      }),
      { numRuns: 3000, seed },
    )
    expect(compared).toBeGreaterThan(1000)
  })

  test('admits the same ones by a version spec', async () => {
    const numeric = fc
      .array(fc.nat({ max: 12 }), { minLength: 1, maxLength: 4 })
      .map((list) => list.join('.'))
    const clause = fc
      .tuple(fc.constantFrom('==', '!=', '>', '>=', '<', '<=', '=', '~=', '', '!='), numeric, fc.boolean())
      .map(
        ([operator, text, star]) =>
          operator + text + (star && /^!?=?$/.test(operator) && operator !== '==' ? '.*' : ''),
      )
    const spec = fc
      .tuple(clause, fc.option(fc.tuple(fc.constantFrom(',', '|'), clause)))
      .map(([first, more]) => first + (more ? more.join('') : ''))
    const candidate = fc.oneof(
      numeric,
      numeric,
      fc.tuple(numeric, word).map((parts) => parts.join('')),
    )
    let compared = 0
    await fc.assert(
      fc.asyncProperty(spec, candidate, async (spec, version) => {
        // `1.2.*` against `1.2a1` is a known defect of the other side.
        fc.pre(!/[a-z]/.test(version) || !/\*|~=|(^|[,|])=?\d/.test(spec.replaceAll('==', '>')))
        const reply = await ask<boolean>('matches', { spec, version })
        expect(reply).not.toHaveProperty('defect')
        compared += 1
        const own = versionMatches(parseVersionSpec(spec, { mode: 'lenient' }), parseVersion(version))
        expect({ answer: own }).toEqual(reply)
      }),
      { numRuns: 3000, seed },
    )
    expect(compared).toBeGreaterThan(1000)
  })
})
