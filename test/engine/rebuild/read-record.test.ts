import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readBuildRecord } from '../../../src/engine/rebuild/read-record.js'
import { stagingPlan, stagingsOf } from '../../../src/engine/staging/staging-plan.js'
import { BuildError } from '../../../src/errors/index.js'
import { planBuilds } from '../../../src/stages/plan-builds/index.js'
import { formatYaml, type Json, type YamlValue } from '../../../src/text/index.js'
import { outputsOf } from '../../stages/render-outputs/render.js'

const [output] = outputsOf({
  recipe: `recipe: {name: demo, version: "1.0"}
context: {ratio: 1.50}
outputs:
  - staging: {name: built}
    source: {path: ., filter: ["*.c"]}
    build: {script: [make]}
    requirements: {host: [zlib]}
  - package: {name: demo}
    inherit: built
    source: [{url: ["https://a.org/a", "https://b.org/a"], patches: [a.patch]}, {git: ../x, depth: 1}]
    build:
      number: 3
      script: {content: [a], env: {A: b}, secrets: [TOKEN]}
      python: {entry_points: ["a = b:c"]}
      files: {include: [a], exclude: [b]}
      prefix_detection: {ignore: [a]}
      post_process: [{files: ["*"], regex: a, replacement: b}]
    requirements:
      build: [make]
      host: [zlib]
      run: ["\${{ pin_compatible('zlib') }}"]
      run_exports: {weak: ["\${{ pin_subpackage('demo') }}"]}
    tests: [{python: {imports: [a]}}, {script: [b], files: {recipe: [c]}}, {package_contents: {files: [d]}}]
    about: {license: MIT, license_file: [e]}
`,
})

const resolved = {
  ...{ name: 'zlib', version: '1.3', build: 'h1_0', build_number: 0, subdir: 'linux-64', depends: ['a >1'] },
  ...{
    fn: 'zlib-1.3-h1_0.conda',
    url: 'https://a.org/linux-64/zlib-1.3-h1_0.conda',
    channel: 'https://a.org/',
  },
  ...{ arch: null, platform: null, sha256: 'a'.repeat(64), size: 1, timestamp: 2, license: 'Zlib' },
}
const environments = {
  build: null,
  host: { specs: [{ source: 'zlib' }, { variant: 'a', spec: 'a 1.*' }], resolved: [resolved] },
  run: {
    depends: [{ spec: 'zlib', from: 'host', run_export: 'zlib' }],
    constraints: [],
    run_exports: { weak: ['demo >=1'] },
  },
}
const record = {
  recipe: output?.recipe,
  build_configuration: {
    target_platform: 'linux-64',
    host_platform: { platform: 'linux-64', virtual_packages: [] },
    build_platform: { platform: 'linux-64', virtual_packages: [] },
    variant: { target_platform: 'linux-64', level: 3, fast: true },
    hash: { hash: 'abcdef0', prefix: 'py312' },
    channels: ['https://a.org'],
    channel_priority: 'strict',
    timestamp: '2026-01-01T00:00:00Z',
    subpackages: { demo: { name: 'demo', version: '1.0', build_string: 'h1_0' } },
    packaging_settings: { archive_type: 'conda', compression_level: 15 },
  },
  finalized_dependencies: environments,
  finalized_sources: [{ path: '/krait/recipe/a' }],
  finalized_cache_dependencies: environments,
  finalized_cache_sources: [],
  finalized_cache_variant: { target_platform: 'linux-64' },
  system_tools: { krait: '0.1.0' },
  extra_meta: { ticket: '12' },
  // What another version adds is not looked at.
  another_key: [1],
}
const whole = JSON.parse(JSON.stringify(record)) as Json

type Key = string | number

function pathsOf(value: Json, path: readonly Key[] = []): readonly (readonly Key[])[] {
  if (typeof value !== 'object' || value === null) return [path]
  const entries = Array.isArray(value) ? [...value.entries()] : Object.entries(value)
  return [path, ...entries.flatMap(([key, item]) => pathsOf(item as Json, [...path, key]))]
}

/** The same data with another value in one place; `undefined` takes the place away. */
function replaceAt(value: Json, [key, ...rest]: readonly Key[], by: Json | undefined): Json | undefined {
  if (key === undefined) return by
  const copy = structuredClone(value) as unknown as Record<Key, Json>
  const item = replaceAt(copy[key] as Json, rest, by)
  if (item !== undefined) copy[key] = item
  else if (Array.isArray(copy)) copy.splice(Number(key), 1)
  else delete copy[key]
  return copy as unknown as Json
}

function read(data: Json) {
  return readBuildRecord(formatYaml(data as YamlValue), '/recipe')
}

/** Does what a rebuild does with a record before anything runs. */
function plan(data: Json): void {
  const { output: asked, channels, platforms, timestampSeconds, packaging } = read(data)
  const [planned] = planBuilds(
    [{ path: '/recipe/recipe.yaml', directory: '/recipe', outputs: [asked], channels: [channels] }],
    {
      ...{ outputDirectory: '/out', buildPlatform: platforms.build, hostPlatform: platforms.host },
      ...{ buildId: 1, timestampSeconds, packaging: { ...packaging, threads: 1 } },
    },
  )
  if (planned === undefined) throw new Error('no plan')
  for (const staging of stagingsOf(planned)) stagingPlan(planned, staging, new Map())
}

test('a whole record is read', () => {
  const { output: asked, environments: solved, staging, extraMeta, tool, timestampSeconds } = read(whole)
  expect(asked.recipe).toEqual(JSON.parse(JSON.stringify(output?.recipe)))
  expect(solved.build).toBeUndefined()
  expect(solved.host?.resolved).toEqual([resolved])
  expect(staging?.variant).toEqual({ target_platform: 'linux-64' })
  expect([extraMeta, tool, timestampSeconds]).toEqual([{ ticket: '12' }, 'krait 0.1.0', 1767225600])
})

test.each<{ path: readonly Key[]; by: Json | undefined; says: string }>([
  { path: [], by: [], says: 'the document is a list; it has to be a mapping' },
  {
    path: ['recipe', 'build', 'number'],
    by: {},
    says: '`recipe.build.number` is a mapping; it has to be a whole',
  },
  {
    path: ['recipe', 'requirements', 'host'],
    by: 5,
    says: '`recipe.requirements.host` is `5`; it has to be a list',
  },
  {
    path: ['recipe', 'tests', 0],
    by: 7,
    says: '`recipe.tests[0]` is `7`; it has to be a mapping with `python`,',
  },
  {
    path: ['recipe', 'source', 0],
    by: true,
    says: '`recipe.source[0]` is `true`; it has to be a mapping with `git`,',
  },
  { path: ['recipe', 'package', 'name'], by: '../x', says: '`recipe.package.name` is the text `../x`' },
  {
    path: ['build_configuration', 'hash', 'hash'],
    by: 1,
    says: '`build_configuration.hash.hash` is `1`; it has to be a text',
  },
  {
    path: ['build_configuration', 'variant', 'level'],
    by: [],
    says: 'is a list; it has to be a text, a number or',
  },
  { path: ['extra_meta', 'ticket'], by: 12, says: '`extra_meta.ticket` is `12`; it has to be a text' },
  {
    path: ['finalized_dependencies'],
    by: undefined,
    says: '`finalized_dependencies` is missing; it has to be a map',
  },
  {
    path: ['finalized_dependencies', 'host', 'resolved', 0, 'fn'],
    by: '../a',
    says: '`finalized_dependencies.host.resolved[0].fn` is the text `../a`; it has to be the name of a file',
  },
  {
    path: ['recipe', 'staging_caches', 0, 'source'],
    by: [1],
    says: '`recipe.staging_caches[0].source[0]` is `1`',
  },
  { path: ['build_configuration', 'timestamp'], by: 'noon', says: 'it has to be a time' },
])('$path with $by is refused: $says', ({ path, by, says }) => {
  const changed = replaceAt(whole, path, by) as Json
  expect(() => read(changed)).toThrow(says)
})

test('whatever stands in one place, a record is planned or refused with a reason', () => {
  const anyValue = fc.oneof(
    fc.constant(undefined),
    fc.constantFrom<Json>(null, true, 0, -1, 1.5, 1e300, '', 'a', '../..', [], {}, [null], [[1]], { a: 1 }),
    fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<Json>,
  )
  const reason = /; it has to be |is no platform$|is no usable name, version or build string$|^\d+:\d+: /
  fc.assert(
    fc.property(fc.constantFrom(...pathsOf(whole)), anyValue, (path, by) => {
      const changed = replaceAt(whole, path, by) ?? null
      try {
        plan(changed)
      } catch (error) {
        if (error instanceof BuildError) return
        expect((error as Error).constructor).toBe(Error)
        expect((error as Error).message).toMatch(reason)
      }
    }),
    { numRuns: 1500 },
  )
})
