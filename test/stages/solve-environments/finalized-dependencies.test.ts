import { expect, test } from 'vitest'
import type { RenderedRequirements } from '../../../src/recipe/index.js'
import { solveEnvironments } from '../../../src/stages/solve-environments/index.js'
import { tempDirectory, testContext } from '../../support/system.js'
import { buildPlan, type PlanFields } from './plan.js'
import { type RecordFields, titles, writeChannel } from './records.js'

/** The shape of a real channel: compilers with runtimes, a library with a split development package, python. */
const records: RecordFields[] = [
  { name: 'libgcc', version: '14.2', run_exports: {} },
  { name: 'libstdcxx', version: '14.2', depends: ['libgcc'], run_exports: {} },
  {
    name: 'gcc_linux-64',
    version: '13.3',
    depends: ['libgcc >=13'],
    run_exports: { strong: ['libgcc >=13'] },
  },
  {
    name: 'gxx_linux-64',
    version: '13.3',
    depends: ['gcc_linux-64 13.3'],
    run_exports: { strong: ['libstdcxx >=13', 'libgcc >=13'] },
  },
  { name: 'libzlib', version: '1.3.1', run_exports: { weak: ['libzlib >=1.3.1,<2.0a0'] } },
  {
    name: 'zlib',
    version: '1.3.1',
    depends: ['libzlib 1.3.1'],
    run_exports: { weak: ['libzlib >=1.3.1,<2.0a0'] },
  },
  { name: 'bzip2', version: '1.0.8', run_exports: { weak: ['bzip2 >=1.0.8,<2.0a0'] } },
  { name: 'python_abi', version: '3.12', build: '7_cp312', run_exports: {} },
  {
    name: 'python',
    version: '3.12.8',
    build: 'h1_0_cpython',
    run_exports: { weak: ['python_abi 3.12.* *_cp312'], noarch: ['python'] },
  },
]

const libgcc = (from: string) => ({ spec: 'libgcc >=13', from: 'build', run_export: from })
const libzlib = { spec: 'libzlib >=1.3.1,<2.0a0', from: 'host', run_export: 'zlib' }
const bzip2 = { spec: 'bzip2 >=1.0.8,<2.0a0', from: 'host', run_export: 'bzip2' }

interface Case extends Omit<PlanFields, 'requirements'> {
  readonly title: string
  readonly requirements: RenderedRequirements
  /** Specs of host, packages of host, dependencies. */
  readonly expected: readonly [
    readonly unknown[] | undefined,
    readonly string[] | undefined,
    readonly unknown[],
  ]
}

const cases: readonly Case[] = [
  {
    title: 'an exporter is ignored, others are not',
    requirements: {
      build: ['gcc_linux-64'],
      host: ['zlib', 'bzip2'],
      run: ['bash'],
      ignore_run_exports: { from_package: ['zlib'] },
    },
    expected: [
      [{ source: 'zlib' }, { source: 'bzip2' }, libgcc('gcc_linux-64')],
      ['bzip2 1.0.8 0', 'libgcc 14.2 0', 'libzlib 1.3.1 0', 'zlib 1.3.1 0'],
      [{ source: 'bash' }, libgcc('gcc_linux-64'), bzip2],
    ],
  },
  {
    title: 'an exported name is ignored, for the host environment as well',
    requirements: {
      build: ['gxx_linux-64'],
      host: ['zlib'],
      ignore_run_exports: { by_name: ['libgcc', 'libzlib'] },
    },
    expected: [
      [{ source: 'zlib' }, { spec: 'libstdcxx >=13', from: 'build', run_export: 'gxx_linux-64' }],
      ['libgcc 14.2 0', 'libstdcxx 14.2 0', 'libzlib 1.3.1 0', 'zlib 1.3.1 0'],
      [{ spec: 'libstdcxx >=13', from: 'build', run_export: 'gxx_linux-64' }],
    ],
  },
  {
    title: 'what packages that nobody asked for export, and weak exports of build packages, go nowhere',
    requirements: { build: ['zlib', 'bzip2'] },
    expected: [undefined, undefined, []],
  },
  {
    title: 'noarch python gets compilers into host, and only noarch exports into run',
    build: { noarch: 'python' },
    requirements: {
      build: ['gcc_linux-64'],
      host: ['python 3.12.*', 'zlib'],
      run: ['python >=3.9'],
    },
    expected: [
      [{ source: 'python 3.12.*' }, { source: 'zlib' }, libgcc('gcc_linux-64')],
      ['libgcc 14.2 0', 'libzlib 1.3.1 0', 'python 3.12.8 h1_0_cpython', 'zlib 1.3.1 0'],
      [{ source: 'python >=3.9' }, { spec: 'python', from: 'host', run_export: 'python' }],
    ],
  },
  {
    title: 'exports of the same package by several are all there',
    requirements: {
      build: ['gcc_linux-64', 'gxx_linux-64'],
      host: ['libgcc', 'zlib 1.3.*'],
      run: ['libzlib', 'libgcc'],
    },
    expected: [
      [
        { source: 'libgcc' },
        { source: 'zlib 1.3.*' },
        libgcc('gcc_linux-64'),
        { spec: 'libstdcxx >=13', from: 'build', run_export: 'gxx_linux-64' },
        libgcc('gxx_linux-64'),
      ],
      ['libgcc 14.2 0', 'libstdcxx 14.2 0', 'libzlib 1.3.1 0', 'zlib 1.3.1 0'],
      [
        { source: 'libzlib' },
        { source: 'libgcc' },
        libgcc('gcc_linux-64'),
        { spec: 'libstdcxx >=13', from: 'build', run_export: 'gxx_linux-64' },
        libgcc('gxx_linux-64'),
        libzlib,
      ],
    ],
  },
  {
    title: 'pins take what host has, exactly or within bounds',
    requirements: {
      host: ['python 3.12.*', 'bzip2'],
      run: [
        { pin_compatible: { name: 'bzip2', lower_bound: 'x.x', upper_bound: 'x' } },
        { pin_compatible: { name: 'python', exact: true } },
      ],
      ignore_run_exports: { from_package: ['bzip2'] },
    },
    expected: [
      [{ source: 'python 3.12.*' }, { source: 'bzip2' }],
      ['bzip2 1.0.8 0', 'python 3.12.8 h1_0_cpython'],
      [
        { pin_compatible: 'bzip2', lower_bound: 'x.x', upper_bound: 'x', spec: 'bzip2 >=1.0,<2.0a0' },
        { pin_compatible: 'python', exact: true, spec: 'python ==3.12.8 h1_0_cpython' },
        { spec: 'python_abi 3.12.* *_cp312', from: 'host', run_export: 'python' },
      ],
    ],
  },
]

test.each(cases)('finalized dependencies: $title', async ({ title: _title, expected, ...fields }) => {
  const { context } = testContext()
  const channels = [writeChannel(tempDirectory(), records)]
  const { host, run } = (await solveEnvironments(buildPlan(fields), { channels }, context)).environments
  expect([host?.specs, host && titles(host.resolved).sort(), run.depends]).toEqual(expected)
})
