/** Which differing input is the cause, and which follow from it. */
import { expect, test } from 'vitest'
import { compareInputs } from '../../../src/engine/diff/compare-inputs.js'
import type { BuildInputs } from '../../../src/engine/diff/inputs.js'

const zlib = { name: 'zlib', version: '1.3', build: 'h0_0' }

const base: BuildInputs = {
  variant: { target_platform: 'linux-64' },
  recipe: 'package: {name: demo}\n# a comment\nhost:\n  - zlib 1.3.*\n',
  environments: { build: [], host: [zlib] },
  sources: [{ name: '../src', kind: 'path', identity: 'a'.repeat(64) }],
  tool: 'krait 0.1.0',
  channels: ['https://conda.anaconda.org/conda-forge'],
  timestampSeconds: 10,
}

function host(...packages: BuildInputs['environments']['host']): Pick<BuildInputs, 'environments'> {
  return { environments: { build: [], host: packages } }
}

const newer = { ...zlib, version: '1.4' }

const cases: readonly {
  readonly what: string
  readonly before?: Partial<BuildInputs>
  readonly after: Partial<BuildInputs>
  readonly causes: readonly string[]
}[] = [
  { what: 'nothing', after: {}, causes: [] },
  { what: 'the time alone', after: { timestampSeconds: 11 }, causes: ['timestamp time of the build'] },
  {
    what: 'a newer package with the same recipe',
    after: { ...host(newer), timestampSeconds: 11 },
    causes: ['package zlib (host)'],
  },
  {
    what: 'a pin in the recipe, and the package that follows',
    after: { ...host(newer), recipe: base.recipe?.replace('1.3', '1.4') ?? '' },
    causes: ['recipe recipe.yaml:4'],
  },
  {
    what: 'a line that names no package, and a newer package beside it',
    after: { ...host(newer), recipe: base.recipe?.replace('demo', 'other') ?? '' },
    causes: ['recipe recipe.yaml:1', 'package zlib (host)'],
  },
  {
    what: 'a comment only',
    after: { recipe: base.recipe?.replace('a comment', 'another') ?? '' },
    causes: [],
  },
  {
    what: 'a variant value, and the package that it pins',
    before: { variant: { zlib: '1.3' } },
    after: { variant: { zlib: '1.4' }, ...host(newer) },
    causes: ['variant zlib'],
  },
  {
    what: 'a compiler of the variant',
    after: {
      variant: { ...base.variant, c_compiler: 'clang' },
      ...host({ ...zlib, name: 'clang_linux-64' }),
    },
    causes: ['variant c_compiler'],
  },
  {
    what: 'a package that was built again',
    before: host({ ...zlib, sha256: 'a' }),
    after: host({ ...zlib, sha256: 'b' }),
    causes: ['package zlib (host)'],
  },
  {
    what: 'the files of a source',
    after: { sources: [{ name: '../src', kind: 'path', identity: 'b'.repeat(64) }] },
    causes: ['source ../src'],
  },
  {
    what: 'tool and channels',
    after: { tool: 'krait 0.2.0', channels: ['file:///c'] },
    causes: ['tool build tool', 'channels channels'],
  },
]

test.each(cases)('when the difference is $what, the causes are $causes', ({ before, after, causes }) => {
  const found = compareInputs({ ...base, ...before }, { ...base, ...after })
  expect(found.causes.map(({ kind, what }) => `${kind} ${what}`)).toEqual(causes)
})

test('environments list every package that differs, whatever the cause is', () => {
  const lib = { name: 'lib', version: '1', build: '0' }
  const { environments } = compareInputs({ ...base, ...host(zlib, lib) }, { ...base, ...host(newer) })
  expect(environments).toEqual([
    { environment: 'host', name: 'lib', before: '1 0' },
    { environment: 'host', name: 'zlib', before: '1.3 h0_0', after: '1.4 h0_0' },
  ])
})
