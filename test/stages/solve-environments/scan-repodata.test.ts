import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { JsonWindow } from '../../../src/stages/solve-environments/json-window.js'
import { type ScannedRepodata, scanRepodata } from '../../../src/stages/solve-environments/scan-repodata.js'

/** Scans a text of which only some bytes more are shown each time the scan asks. */
function scan(text: string, pieceBytes: number): ScannedRepodata {
  const bytes = Buffer.from(text)
  const fail = (reason: string) => new Error(reason)
  const window: JsonWindow = { buffer: Buffer.alloc(0), position: 0, base: 0, isLast: false, fail }
  const steps = scanRepodata(window)
  for (let step = steps.next(), shown = 0; ; step = steps.next()) {
    if (step.done) return step.value
    shown = Math.min(bytes.length, shown + pieceBytes)
    window.base += window.position
    window.position = 0
    window.buffer = bytes.subarray(window.base, shown)
    window.isLast = shown === bytes.length
  }
}

/** File names with their values, as the places that the scan found say. */
function entries(text: string, pieceBytes: number): [string, unknown][] {
  const bytes = Buffer.from(text)
  return [...scan(text, pieceBytes).runs.values()].flat().flatMap(({ start, end, suffix }) => {
    const run = JSON.parse(`{${bytes.subarray(start, end).toString()}}`)
    return Object.entries(run).map(([key, value]): [string, unknown] => [key + suffix, value])
  })
}

const key = fc
  .tuple(fc.constantFrom('a', 'b-c', 'B', 'é', 'x"y'), fc.nat(3), fc.constantFrom('.conda', '.tar.bz2'))
  .map(([name, version, extension]) => `${name}-${version}-h0_0${extension}`)
/** Texts that look like the structure around them. */
const trap = fc.constantFrom(
  '}',
  '{',
  '},"a-1-0.conda":{',
  '},',
  ',"',
  '\\',
  '"',
  '"a-1-0.conda":{"x":1}',
  ':{',
  ',',
  'é',
  '}}',
)
const leaf = fc.oneof(trap, fc.nat(9), fc.boolean(), fc.constant(null))
const word = fc.oneof(fc.constantFrom('name', 'run_exports', 'b'), key, trap)
const small = { maxKeys: 2, maxLength: 2 }
const nested = fc.oneof(leaf, fc.array(leaf, small), fc.dictionary(word, leaf, small))
const value = fc.oneof(nested, fc.array(nested, small), fc.dictionary(word, nested, small))
const record = fc.dictionary(word, value, { maxKeys: 3 })
const section = fc.dictionary(key, record, { maxKeys: 4 })
const repodata = fc.record(
  {
    info: fc.record({ subdir: fc.constant('noarch') }),
    packages: section,
    'packages.conda': section,
    signatures: fc.dictionary(key, value, small),
    v3: fc.record({ conda: section, other: value }),
    repodata_version: fc.constant(1),
  },
  { requiredKeys: [] },
)

test('it finds the records that a full parse finds, whatever the file looks like and however it is cut', () => {
  fc.assert(
    fc.property(
      repodata,
      fc.constantFrom(undefined, 1, '\t'),
      fc.integer({ min: 1, max: 200 }),
      (data, indent, piece) => {
        const { packages = {}, 'packages.conda': conda = {}, v3 } = data
        const revised = Object.entries(v3?.conda ?? {}).map(([fn, entry]) => [`${fn}.conda`, entry])
        const expected = [...Object.entries(packages), ...Object.entries(conda), ...revised]
        const found = entries(JSON.stringify(data, undefined, indent), piece)
        const order = (list: unknown[]) => list.map((item) => JSON.stringify(item)).sort()
        expect(order(found)).toEqual(order(expected))
      },
    ),
    { numRuns: 2000 },
  )
})

test('neighbours of one name are one run, and names are compared without case', () => {
  const text = JSON.stringify({
    packages: { 'a-1-0.conda': {}, 'A-2-0.conda': {}, 'b-1-0.conda': {}, 'a-3-0.conda': {} },
  })
  const { runs } = scan(text, 1000)
  expect([...runs.keys()]).toEqual(['a', 'b'])
  expect(runs.get('a')).toHaveLength(2)
})

test('lists of run exports, whose entries are wrapped once more, are read the same way', () => {
  const data = {
    info: { subdir: 'linux-64' },
    packages: {
      'a-1-0.tar.bz2': { run_exports: { weak: ['a >=1'] } },
      'a-2-0.tar.bz2': { run_exports: {} },
      'b-1-0.tar.bz2': { run_exports: {} },
    },
  }
  expect(entries(JSON.stringify(data), 1000)).toEqual(Object.entries(data.packages))
})

describe('what is not repodata', () => {
  test.each([
    ['', 'it ends too early'],
    ['[]', 'an object is missing'],
    ['{"packages"', 'it ends too early'],
    ['{"packages":{"a-1-0.conda":{', 'it ends too early'],
    ['{"packages":{"a-1-0.conda":{}', 'it ends too early'],
    ['{"packages":[]}', 'an object is missing'],
    ['{"packages":{} "b":2}', 'a comma is missing'],
    ['{"a" 1}', 'a colon is missing'],
    ['{a:1}', 'a key is missing'],
    ['{"info":{x}}', 'it is not JSON'],
  ])('%s is refused: %s', (text, reason) => {
    expect(() => scan(text, 5)).toThrow(reason)
  })
})
