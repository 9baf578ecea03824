import { describe, expect, test } from 'vitest'
import { type PlanOptions, planBuilds, withBuildId } from '../../../src/stages/plan-builds/index.js'
import { platform } from '../../support/env-facts.js'
import { type OutputChanges, renderedOutput } from '../../support/rendered-output.js'

const options: PlanOptions = {
  outputDirectory: '/o',
  buildPlatform: platform('linux-64'),
  hostPlatform: platform('linux-64'),
  buildId: 1_795_222_190,
  timestampSeconds: 1_700_000_000,
  packaging: { format: 'conda', level: 15, threads: 2 },
}

function plan(outputs: readonly OutputChanges[], changes: Partial<PlanOptions> = {}) {
  const file = { path: '/r/recipe.yaml', directory: '/r', outputs: outputs.map(renderedOutput), channels: [] }
  return planBuilds([file], { ...options, ...changes })
}

function namesOf(outputs: readonly OutputChanges[], changes: Partial<PlanOptions> = {}): string[] {
  return plan(outputs, changes).map(({ name }) => name)
}

describe('directories', () => {
  test('have a host prefix of exactly 255 bytes', () => {
    const [build] = plan([{ name: 'demo' }])
    expect(build?.directories.build).toBe('/o/bld/rattler-build_demo_1795222190')
    expect(Buffer.byteLength(build?.directories.host ?? '')).toBe(255)
    expect(build?.directories.host).toMatch(/\/host_env_placehold_placehold/)
  })

  test('count bytes, not characters', () => {
    const [build] = plan([{}], { outputDirectory: '/é'.repeat(20) })
    expect(Buffer.byteLength(build?.directories.host ?? '')).toBe(255)
  })

  test('without a build id have a fixed name', () => {
    expect(plan([{}], { buildId: undefined })[0]?.directories.build).toBe('/o/bld/rattler-build_demo')
  })

  test('are not shared by two variants of one package', () => {
    const directories = plan([{}, {}]).map(({ directories: { build } }) => build)
    expect(new Set(directories).size).toBe(2)
  })

  test('of merged environments are one', () => {
    const [build] = plan([{ build: { merge_build_and_host_envs: true } }])
    expect(build?.directories.buildPrefix).toBe(build?.directories.host)
  })

  test('that would be too long are refused with the usable length', () => {
    expect(() => plan([{}], { outputDirectory: `/${'x'.repeat(230)}` })).toThrow(
      /output directory path is too long \(231 bytes, at most \d+ usable\)/,
    )
  })

  test('move as a whole when the first ones are taken', () => {
    const [build] = plan([{}])
    if (!build) throw new Error('no plan')
    const moved = withBuildId(build, 7)
    expect(moved.directories.work).toBe('/o/bld/rattler-build_demo_7/work')
    expect(Buffer.byteLength(moved.directories.host)).toBe(255)
  })
})

describe('the order', () => {
  test.each([
    {
      title: 'puts what is needed in host first',
      outputs: [{ name: 'a', requirements: { host: ['b >=1'] } }, { name: 'b' }],
      order: ['b', 'a'],
    },
    {
      title: 'keeps the given order of what is independent',
      outputs: [{ name: 'c' }, { name: 'a' }, { name: 'b' }],
      order: ['c', 'a', 'b'],
    },
    {
      title: 'follows pins in run',
      outputs: [
        { name: 'a', requirements: { run: [{ pin_subpackage: { name: 'B', exact: true as const } }] } },
        { name: 'B' },
      ],
      order: ['b', 'a'],
    },
    {
      title: 'does not follow plain names in run',
      outputs: [
        { name: 'a', requirements: { run: ['b'] } },
        { name: 'b', requirements: { host: ['a'] } },
      ],
      order: ['a', 'b'],
    },
    {
      title: 'knows names behind channels',
      outputs: [{ name: 'a', requirements: { host: ['conda-forge::b 1.*'] } }, { name: 'b' }],
      order: ['b', 'a'],
    },
    {
      title: 'ignores an output that needs its own name',
      outputs: [{ name: 'a', requirements: { build: ['a'] } }],
      order: ['a'],
    },
  ])('$title', ({ outputs, order }) => {
    expect(namesOf(outputs)).toEqual(order)
  })

  test('refuses a cycle with the names in it, sorted', () => {
    const cycle = [
      { name: 'b', requirements: { host: ['a'] } },
      { name: 'a', requirements: { host: ['b'] } },
      { name: 'c' },
    ]
    expect(() => plan(cycle)).toThrow('Cycle detected in recipe outputs: a, b')
  })

  test('leaves skipped outputs out', () => {
    expect(namesOf([{ name: 'a', skip: true }, { name: 'b' }])).toEqual(['b'])
  })

  test('of --up-to holds only the package and what it is built from', () => {
    const outputs = [
      { name: 'x' },
      { name: 'a', requirements: { host: ['b'] } },
      { name: 'b', requirements: { build: ['c'] } },
      { name: 'c' },
    ]
    expect(namesOf(outputs, { upTo: 'a' })).toEqual(['c', 'b', 'a'])
    expect(() => plan(outputs, { upTo: 'zz' })).toThrow("The package 'zz' was not found in the outputs")
  })
})
