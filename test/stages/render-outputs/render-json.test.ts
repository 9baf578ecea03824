import { expect, test } from 'vitest'
import { formatRenderJson, type RenderFacts, renderJson } from '../../../src/stages/render-outputs/index.js'
import { outputOf, single } from './render.js'

const facts: RenderFacts = {
  hostPlatform: 'linux-64',
  buildPlatform: 'linux-64',
  virtualPackages: { host: ['__unix=0=0'], build: [] },
  directories: { host: '/o/h', buildPrefix: '/o/b', work: '/o/w', build: '/o' },
  channels: ['https://conda.anaconda.org/conda-forge'],
  channelPriority: 'strict',
  solveStrategy: 'highest',
  timestamp: '2026-01-22T16:52:05.470117197Z',
  packaging: { archiveType: 'conda', compressionLevel: 15 },
  systemTools: { 'rattler-build': '0.74.0' },
}

test('keys stand in the order of rattler-build', () => {
  const output = outputOf({
    recipe: single(
      'about: {summary: s, license: MIT}\nrequirements: {run: [b]}\nsource: {path: x}\nextra: {k: v}\ntests: [{script: t}]\nbuild: {script: s, number: 1}',
    ),
  })
  const element = renderJson(output, facts)
  expect(Object.keys(Object(element))).toEqual([
    'recipe',
    'build_configuration',
    'finalized_dependencies',
    'finalized_sources',
    'system_tools',
    'extra_meta',
  ])
  expect(Object.keys(output.recipe)).toEqual([
    'schema_version',
    'context',
    'package',
    'source',
    'build',
    'requirements',
    'tests',
    'about',
    'extra',
  ])
  expect(Object.keys(output.recipe.build)).toEqual(['number', 'string', 'script'])
  expect(Object.keys(output.recipe.about ?? {})).toEqual(['license', 'summary'])
  expect(element).toMatchObject({
    build_configuration: {
      target_platform: 'linux-64',
      variant: { target_platform: 'linux-64' },
      hash: { hash: 'b0f4dca' },
      directories: { host_prefix: '/o/h', build_prefix: '/o/b', work_dir: '/o/w', build_dir: '/o' },
      subpackages: { a: { name: 'a', version: '1', build_string: 'hb0f4dca_1' } },
      packaging_settings: { archive_type: 'conda', compression_level: 15 },
    },
    finalized_dependencies: null,
    extra_meta: {},
  })
})

test('the text is the JSON of the elements, indented by two', () => {
  const output = outputOf({ recipe: single('extra: {a: [], b: {}, "c/~": x}') })
  expect(formatRenderJson([{ output, facts }])).toBe(
    JSON.stringify([renderJson(output, facts)], undefined, 2),
  )
  expect(formatRenderJson([])).toBe('[]')
})

test.each([
  ['${{ 6 / 2 }}', '3.0'],
  ['${{ 9223372036854775807 }}', '9223372036854775807'],
  ['${{ 1e20 }}', '1e+20'],
  ['${{ -0.0 }}', '-0.0'],
  ['${{ 1.5 }}', '1.5'],
  ['${{ [1.0] }}', '1.0'],
])('the number %s is spelled %s', (template, spelling) => {
  const output = outputOf({ recipe: single(`context:\n  v: ${template}`) })
  expect(formatRenderJson([{ output, facts }])).toMatch(
    new RegExp(`"v": (\\[\\s*)?${spelling.replace('+', '\\+')}\\s`),
  )
})
