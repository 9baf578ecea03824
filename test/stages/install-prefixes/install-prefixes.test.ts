import { existsSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { installPrefixes } from '../../../src/stages/install-prefixes/index.js'
import type { SolvedPlan } from '../../../src/stages/solve-environments/index.js'
import { tempDirectory, testContext } from '../../support/system.js'
import { buildPlan } from '../solve-environments/plan.js'
import { writePackage } from './packages.js'

async function setUp(merged: boolean) {
  const directory = tempDirectory()
  const { context } = testContext()
  const shared = await writePackage(directory, { name: 'shared', files: { 'lib/shared': 's' } }, context)
  const tool = await writePackage(directory, { name: 'tool', files: { 'bin/tool': 't' } }, context)
  const plan: SolvedPlan = {
    ...buildPlan({ directory, ...(merged && { build: { merge_build_and_host_envs: true } }) }),
    environments: {
      build: merged ? undefined : { specs: [], resolved: [shared, tool] },
      host: { specs: [], resolved: [shared] },
      run: { depends: [], constraints: [] },
    },
  }
  const options = { cacheDirectory: path.join(directory, 'cache') }
  return { plan, directory, installed: await installPrefixes(plan, options, context) }
}

test('both prefixes are made, and the baseline lists everything in the host prefix', async () => {
  const { plan, installed, directory } = await setUp(false)
  expect(existsSync(path.join(plan.directories.buildPrefix, 'bin/tool'))).toBe(true)
  expect(installed.prefixes.build?.records.map(({ name }) => name)).toEqual(['shared', 'tool'])
  expect(installed.prefixes.hostBaseline).toEqual(
    expect.arrayContaining([
      'conda-meta',
      'conda-meta/history',
      'conda-meta/shared-1.0-0.json',
      'lib',
      'lib/shared',
    ]),
  )
  expect(readdirSync(path.join(directory, 'cache/pkgs/v1'))).toHaveLength(2)
})

test('merged environments have only the host prefix', async () => {
  const { plan, installed } = await setUp(true)
  expect(installed.prefixes.build).toBeUndefined()
  expect(existsSync(plan.directories.buildPrefix)).toBe(false)
  expect(existsSync(path.join(plan.directories.host, 'lib/shared'))).toBe(true)
})
