import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { compareVersions, parseVersion } from '../../../src/conda/index.js'
import type { ChannelRecord } from '../../../src/stages/solve-environments/index.js'
import { tempDirectory } from '../../support/system.js'
import { type Instance, isValid, solveInstance } from './random-channels.js'
import { record } from './records.js'

const virtualPackages = [{ name: '__glibc', version: '2.36', build: '0' }]
const facts = virtualPackages.map((fact) => record(fact))

/** A channel of the benchmark: histories, builds for several pythons, dependencies on what was current. */
function generateChannel(count: number, seed: number) {
  const directory = tempDirectory()
  execFileSync(process.execPath, ['bench/environments/make-channel.mjs', directory, `${count}`, `${seed}`])
  const read = (file: string) => JSON.parse(readFileSync(path.join(directory, file), 'utf8'))
  const repodata = read('linux-64/repodata.json')
  const entries: [string, ChannelRecord][] = Object.entries({
    ...repodata.packages,
    ...repodata['packages.conda'],
  })
  const names: readonly string[] = read('names.json')
  return { records: entries.map(([fn, fields]) => record({ ...fields, fn })), names }
}

/** Requests of three packages, every other one with a python. */
function chooseRequests(names: readonly string[], count: number): readonly (readonly string[])[] {
  return Array.from({ length: count }, (_, index) => [
    ...[7, 31, 101].map((step) => names[(index * step + step) % names.length] ?? ''),
    ...(index % 2 === 0 ? [`python 3.${9 + (index % 4)}.*`] : []),
  ])
}

/** The packages of a solution that could be newer ones with all others as they are. */
function findImprovable(problem: Instance, solution: readonly ChannelRecord[]): readonly string[] {
  const improvable = solution.filter((chosen) => {
    const isNewer = ({ version }: ChannelRecord) =>
      compareVersions(parseVersion(version), parseVersion(chosen.version)) > 0
    return problem.records
      .filter((candidate) => candidate.name === chosen.name && isNewer(candidate))
      .some((candidate) => {
        const swapped = solution.map((other) => (other === chosen ? candidate : other))
        return isValid(problem, [...facts, ...swapped])
      })
  })
  return improvable.map(({ name }) => name)
}

test.each([
  [1000, 1, 40],
  [1000, 2, 40],
  [20_000, 1, 20],
])(
  'in a channel of %i records (seed %i) solutions are valid, and nothing in them could simply be newer',
  async (count, seed, requests) => {
    const { records, names } = generateChannel(count, seed)
    let solved = 0
    for (const specs of chooseRequests(names, requests)) {
      const problem = { records, specs, constraints: [] }
      const solution = await solveInstance(problem, { virtualPackages })
      if (!solution) continue
      solved += 1
      expect(isValid(problem, [...facts, ...solution])).toBe(true)
      expect(findImprovable(problem, solution)).toEqual([])
    }
    expect(solved).toBeGreaterThan(requests / 3)
  },
)
