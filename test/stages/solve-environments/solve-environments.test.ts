import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { solveEnvironments } from '../../../src/stages/solve-environments/index.js'
import { tempDirectory, testContext } from '../../support/system.js'
import { writeIndex, writePackage } from '../install-prefixes/packages.js'
import { buildPlan, type PlanFields } from './plan.js'
import { type RecordFields, writeChannel } from './records.js'

const records: RecordFields[] = [
  { name: 'python', version: '3.11.9', run_exports: {} },
  { name: 'python', version: '3.12.1' },
  {
    name: 'gcc_linux-64',
    version: '13.3',
    depends: ['libgcc'],
    run_exports: { strong: ['libgcc >=13'], strong_constrains: ['old-gcc <0'] },
  },
  { name: 'make', run_exports: { weak: ['never-seen'] } },
  { name: 'libgcc', version: '14.2', run_exports: {} },
  {
    name: 'zlib',
    version: '1.3.1',
    depends: ['libzlib'],
    run_exports: {
      weak: ['libzlib >=1.3.1,<2.0a0'],
      noarch: ['for-noarch'],
      weak_constrains: ['zlib-ng <0'],
    },
  },
  { name: 'libzlib', version: '1.3.1', run_exports: { weak: ['transitive-only'] } },
  { name: 'numpy', version: '1.26.4', run_exports: {} },
]

async function solvePlan(fields: PlanFields) {
  const { context, events } = testContext()
  const channel = writeChannel(tempDirectory(), records)
  const { environments } = await solveEnvironments(buildPlan(fields), { channels: [channel] }, context)
  return { ...environments, events, channel }
}

const names = (environment: { resolved: readonly { name: string }[] } | undefined) =>
  environment?.resolved.map(({ name }) => name)

describe('run exports', () => {
  const requirements = { build: ['gcc_linux-64 13.*', 'make'], host: ['zlib'], run: ['bash'] }

  test('of build packages reach host and run when strong, of host packages run when weak', async () => {
    const { build, host, run, channel } = await solvePlan({ requirements })
    const exported = { spec: 'libgcc >=13', from: 'build', run_export: 'gcc_linux-64' }
    expect(build?.specs).toEqual([{ source: 'gcc_linux-64 13.*' }, { source: 'make' }])
    expect(names(build)).toEqual(['libgcc', 'gcc_linux-64', 'make'])
    expect(host?.specs).toEqual([{ source: 'zlib' }, exported])
    expect(names(host)).toEqual(['libgcc', 'libzlib', 'zlib'])
    expect(run.depends).toEqual([
      { source: 'bash' },
      exported,
      { spec: 'libzlib >=1.3.1,<2.0a0', from: 'host', run_export: 'zlib' },
    ])
    expect(run.constraints).toEqual([
      { spec: 'old-gcc <0', from: 'build', run_export: 'gcc_linux-64' },
      { spec: 'zlib-ng <0', from: 'host', run_export: 'zlib' },
    ])
    expect(host?.resolved[2]).toMatchObject({ fn: 'zlib-1.3.1-0.conda', channel })
    expect(Object.keys(host?.resolved[2] ?? {}).slice(-3)).toEqual(['fn', 'url', 'channel'])
  })

  test('of a noarch output reach run only when they are for noarch', async () => {
    const { host, run } = await solvePlan({ requirements, build: { noarch: 'generic' } })
    expect(host?.specs).toHaveLength(2)
    expect(run.depends).toEqual([
      { source: 'bash' },
      { spec: 'for-noarch', from: 'host', run_export: 'zlib' },
    ])
    expect(run.constraints).toEqual([])
  })

  test.each([
    [{ by_name: ['libgcc', 'libzlib', 'old-gcc', 'zlib-ng'] }],
    [{ from_package: ['gcc_linux-64', 'zlib'] }],
  ])('are ignored as asked: %j', async (ignore_run_exports) => {
    const { host, run } = await solvePlan({ requirements: { ...requirements, ignore_run_exports } })
    expect(host?.specs).toEqual([{ source: 'zlib' }])
    expect(run).toEqual({ depends: [{ source: 'bash' }], constraints: [] })
  })

  test('alone make a host environment', async () => {
    const { host } = await solvePlan({ requirements: { build: ['gcc_linux-64'] } })
    expect(names(host)).toEqual(['libgcc'])
  })

  test('of merged environments come from the host specs; everything is in host', async () => {
    const build = { merge_build_and_host_envs: true }
    const { build: none, host, run } = await solvePlan({ requirements, build })
    expect(none).toBeUndefined()
    expect(host?.specs).toEqual([{ source: 'zlib' }])
    expect(names(host)).toEqual(['libgcc', 'gcc_linux-64', 'libzlib', 'make', 'zlib'])
    expect(run.depends).toEqual([
      { source: 'bash' },
      { spec: 'libzlib >=1.3.1,<2.0a0', from: 'host', run_export: 'zlib' },
    ])
  })
})

describe('where run exports are read', () => {
  test.each(['list', 'package'] as const)('is the %s when the record has none', async (source) => {
    const directory = tempDirectory()
    const { context } = testContext()
    const made = await writePackage(directory, { name: 'lib', runExports: { weak: ['lib >=1.0'] } }, context)
    writeIndex(directory, [made])
    if (source === 'list') {
      await context.system.fs.remove(path.join(directory, 'linux-64', made.fn))
      const list = { packages: {}, 'packages.conda': { [made.fn]: { run_exports: { weak: ['lib >=1.0'] } } } }
      await context.system.fs.writeFile(
        path.join(directory, 'linux-64', 'run_exports.json'),
        JSON.stringify(list),
      )
    }
    const plan = buildPlan({ requirements: { host: ['lib'] } })
    const { environments } = await solveEnvironments(plan, { channels: [directory] }, context)
    expect(environments.run.depends).toEqual([{ spec: 'lib >=1.0', from: 'host', run_export: 'lib' }])
    expect(environments.host?.resolved[0]?.run_exports).toEqual({ weak: ['lib >=1.0'] })
  })

  test('has to be readable', async () => {
    const directory = tempDirectory()
    const { context } = testContext()
    writeChannel(directory, [{ name: 'gone' }])
    const plan = buildPlan({ requirements: { host: ['gone'] } })
    await expect(solveEnvironments(plan, { channels: [directory] }, context)).rejects.toMatchObject({
      code: 'solve/run-exports-unreadable',
      message: expect.stringContaining('Could not collect run exports'),
    })
  })
})

describe('requirements', () => {
  test.each([
    ['3.11', 'python 3.11.*'],
    ['3.11.9', 'python 3.11.9.*'],
    ['>=3.11,<3.12', 'python >=3.11,<3.12'],
    ['3.11.* *', 'python 3.11.* *'],
  ])('that are only a name take their version from the variant: %s', async (value, spec) => {
    const requirements = { host: ['python', 'numpy 1.*'], run: ['python'] }
    const { host, run, events } = await solvePlan({ requirements, variant: { python: value, numpy: '2' } })
    expect(host?.specs).toEqual([{ variant: 'python', spec }, { source: 'numpy 1.*' }])
    expect(run.depends).toEqual([{ source: 'python' }])
    expect(events).toContainEqual({
      type: 'spec-resolved',
      output: 'out-1.2.3-h123_0',
      environment: 'host',
      spec,
      record: 'python 3.11.9 0',
    })
  })

  test('take no version from a variant value that is none', async () => {
    const fields = { requirements: { host: ['python'] }, variant: { python: '>>3' } }
    await expect(solvePlan(fields)).rejects.toMatchObject({
      code: 'solve/bad-variant-version',
      message: 'Could not parse version spec for variant key python: unable to parse version spec: >>3',
    })
  })

  test('that are pins get the version of what they pin', async () => {
    const pin = { name: 'numpy', lower_bound: 'x.x', upper_bound: 'x' }
    const sibling = { name: 'Sib', version: '2.0', build_string: 'h9_1' }
    const { run } = await solvePlan({
      subpackages: { Sib: sibling },
      requirements: {
        host: ['numpy'],
        run: [{ pin_compatible: pin }, { pin_subpackage: { name: 'sib', exact: true } }],
        run_constraints: [{ pin_subpackage: { name: 'out', upper_bound: 'x', build: 'h*' } }],
        run_exports: {
          weak: [{ pin_subpackage: { name: 'out', lower_bound: 'x.x', upper_bound: 'x.x' } }],
          strong_constraints: ['x <1'],
        },
        extras: { docs: ['sphinx'] },
      },
    })
    expect(run).toEqual({
      depends: [
        { pin_compatible: 'numpy', lower_bound: 'x.x', upper_bound: 'x', spec: 'numpy >=1.26,<2.0a0' },
        { pin_subpackage: 'sib', exact: true, spec: 'sib ==2.0 h9_1' },
      ],
      constraints: [{ pin_subpackage: 'out', upper_bound: 'x', build: 'h*', spec: 'out <2.0a0 h*' }],
      run_exports: { weak: ['out >=1.2,<1.3.0a0'], strong_constrains: ['x <1'] },
      extra_depends: { docs: [{ source: 'sphinx' }] },
    })
  })

  test.each([
    [
      { run: [{ pin_compatible: { name: 'numpy' } }] },
      'Could not apply pin_compatible. The following package is not part of the solution: numpy',
    ],
    [
      { run: [{ pin_subpackage: { name: 'bar' } }] },
      'Could not apply pin_subpackage. The following subpackage is not available: bar',
    ],
    [
      { run: [{ pin_subpackage: { name: 'out', upper_bound: '.' } }] },
      "Invalid match spec 'out': the pin expression '.' has no `x`",
    ],
  ])('that are pins to nothing are refused: %j', async (requirements, message) => {
    await expect(solvePlan({ requirements })).rejects.toThrow(message)
  })
})

test('without requirements nothing is solved and no channel is contacted', async () => {
  const { context } = testContext()
  const plan = buildPlan({ requirements: { run: ['python'] } })
  const { environments } = await solveEnvironments(plan, { channels: ['/does/not/exist'] }, context)
  expect(environments).toEqual({
    build: undefined,
    host: undefined,
    run: { depends: [{ source: 'python' }], constraints: [] },
  })
})
