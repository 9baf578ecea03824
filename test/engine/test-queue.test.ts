import { describe, expect, test } from 'vitest'
import { createTestQueue } from '../../src/engine/test-queue.js'
import { type BuildPlan, planBuilds } from '../../src/stages/plan-builds/index.js'
import { platform } from '../support/env-facts.js'
import { type OutputChanges, renderedOutput } from '../support/rendered-output.js'

function plans(outputs: readonly OutputChanges[]) {
  const file = { path: '/r/recipe.yaml', directory: '/r', outputs: outputs.map(renderedOutput), channels: [] }
  const linux = platform('linux-64')
  return planBuilds([file], {
    outputDirectory: '/o',
    buildPlatform: linux,
    hostPlatform: linux,
    buildId: 1,
    timestampSeconds: 0,
    packaging: { format: 'conda', level: 1, threads: 1 },
  })
}

describe('a package is tested', () => {
  test('at once when it needs nothing of this run', () => {
    const [a] = plans([{ name: 'a' }])
    if (!a) throw new Error('no plan')
    expect(createTestQueue<BuildPlan>([a], (plan) => plan).built(a)).toEqual([a])
  })

  test.each([
    { why: 'it runs with', changes: { requirements: { run: ['b >=1'] } } },
    { why: 'its test requires', changes: { tests: [{ script: 'x', requirements: { run: ['b'] } }] } },
  ])('only after the package that $why', ({ changes }) => {
    const [a, b] = plans([{ name: 'a', ...changes }, { name: 'b' }])
    if (!a || !b) throw new Error('no plan')
    const queue = createTestQueue<BuildPlan>([a, b], (plan) => plan)
    expect(queue.built(a)).toEqual([])
    expect(queue.built(b)).toEqual([a, b])
  })

  test('also when a package it waits for has failed, so that its own failure is told', () => {
    const [a, b] = plans([{ name: 'a', requirements: { run: ['b'] } }, { name: 'b' }])
    if (!a || !b) throw new Error('no plan')
    const queue = createTestQueue<BuildPlan>([a, b], (plan) => plan)
    queue.built(a)
    expect(queue.failed(b)).toEqual([a])
  })
})
