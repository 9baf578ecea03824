import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { outputGraph } from '../../../src/engine/many/output-graph.js'
import { createSchedule, type Schedule, type Task } from '../../../src/engine/many/schedule.js'
import { type BuildPlan, planBuilds } from '../../../src/stages/plan-builds/index.js'
import { platform } from '../../support/env-facts.js'
import { type OutputChanges, renderedOutput } from '../../support/rendered-output.js'

function plans(outputs: readonly OutputChanges[]): readonly BuildPlan[] {
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

/** What happened, in order; `pick` decides which running task ends next, `fails` which builds and tests fail. */
function simulate(
  outputs: readonly OutputChanges[],
  options: {
    readonly jobs: number
    readonly pick: (count: number) => number
    readonly fails?: (task: Task, name: string) => boolean
  },
) {
  const all = plans(outputs)
  const graph = outputGraph(all)
  const schedule: Schedule = createSchedule(graph, { jobs: options.jobs })
  const nameOf = (at: number) => all[at]?.name ?? ''
  const running: Task[] = []
  const events: { readonly what: string; readonly name: string }[] = []
  const say = (what: string, at: number) => events.push({ what, name: nameOf(at) })
  let most = 0
  for (;;) {
    for (const { at, cause } of schedule.takeDropped()) say(`dropped for ${nameOf(cause)}`, at)
    for (const task of schedule.next()) {
      say(task.kind, task.at)
      running.push(task)
    }
    most = Math.max(most, running.length)
    if (running.length === 0) break
    const [task] = running.splice(options.pick(running.length), 1)
    if (task === undefined) throw new Error('nothing picked')
    if (options.fails?.(task, nameOf(task.at))) {
      say('failed', task.at)
      schedule.failed(task.at)
    } else if (task.kind === 'test') {
      say('done', task.at)
      schedule.done(task.at)
    } else if (schedule.built(task.at)) {
      say('listed', task.at)
      schedule.listed(task.at)
    }
  }
  return { events, most, left: schedule.left(), graph, all }
}

const inOrder = { jobs: 1, pick: () => 0 }

describe('one output after the other', () => {
  test('is built, tested, and only then the next one is built', () => {
    const { events } = simulate([{ name: 'b', requirements: { host: ['a'] } }, { name: 'a' }], inOrder)
    expect(events.map(({ what, name }) => `${what} ${name}`)).toEqual([
      'build a',
      'test a',
      'done a',
      'build b',
      'test b',
      'done b',
    ])
  })

  test.each([
    { why: 'it runs with', changes: { requirements: { run: ['b >=1'] } } },
    { why: 'its test requires', changes: { tests: [{ script: 'x', requirements: { run: ['b'] } }] } },
  ])('is tested only after the package that $why is in the channel', ({ changes }) => {
    const { events } = simulate([{ name: 'a', ...changes }, { name: 'b' }], inOrder)
    expect(events.map(({ what, name }) => `${what} ${name}`)).toEqual([
      'build a',
      'listed a',
      'build b',
      'listed b',
      'test a',
      'done a',
      'test b',
      'done b',
    ])
  })

  test('is built after what is installed with the packages it is built from', () => {
    const outputs = [
      { name: 'compiler', requirements: { run: ['sysroot'] } },
      { name: 'app', requirements: { build: ['compiler'] } },
      { name: 'sysroot' },
    ]
    const { events } = simulate(outputs, inOrder)
    const built = events.filter(({ what }) => what === 'build').map(({ name }) => name)
    expect(built).toEqual(['compiler', 'sysroot', 'app'])
  })

  test('is built from an untested package when the tests of that need it', () => {
    const outputs = [
      { name: 'tool', requirements: { run: ['plugin'] } },
      { name: 'plugin', requirements: { host: ['tool'] } },
    ]
    const { events, left } = simulate(outputs, inOrder)
    expect(left).toEqual([])
    expect(events.filter(({ what }) => what === 'done').map(({ name }) => name)).toEqual(['tool', 'plugin'])
  })
})

test('an output waits for what the staging output that it inherits from is built with', () => {
  const [app, tool] = plans([{ name: 'app' }, { name: 'tool' }])
  if (!app || !tool) throw new Error('no plan')
  const staging = { name: 'base', requirements: { build: ['tool'] } }
  const recipe = { ...app.output.recipe, inherits_from: 'base', staging_caches: [staging] }
  const inheriting = { ...app, output: { ...app.output, recipe } } as unknown as BuildPlan
  const [node] = outputGraph([inheriting, tool])
  expect(node).toMatchObject({ builtFrom: [1], afterTestsOf: [1], fallsWith: [1] })
  expect(node?.direct).toEqual([{ name: 'tool', kind: 'staging', outputs: [1] }])
})

describe('a failure', () => {
  const outputs = [
    { name: 'zlib' },
    { name: 'png', requirements: { host: ['zlib'] } },
    { name: 'viewer', requirements: { host: ['png'] } },
    { name: 'shell', requirements: { run: ['viewer'] } },
    { name: 'other' },
  ]

  test('drops everything that needs the output, names it as the cause, and nothing else', () => {
    const fails = (_: Task, name: string) => name === 'png'
    const { events } = simulate(outputs, { jobs: 2, pick: () => 0, fails })
    const dropped = events.filter(({ what }) => what.startsWith('dropped'))
    expect(dropped).toEqual([
      { what: 'dropped for png', name: 'viewer' },
      { what: 'dropped for png', name: 'shell' },
    ])
    expect(events.filter(({ what }) => what === 'done').map(({ name }) => name)).toEqual(['zlib', 'other'])
  })

  test('of one variant leaves those that use another one', () => {
    const all = plans([
      { name: 'lib', build: { string: 'py311' } },
      { name: 'lib', build: { string: 'py312' } },
      { name: 'app', build: { string: 'py311' }, requirements: { host: ['lib'] } },
      { name: 'app', build: { string: 'py312' }, requirements: { host: ['lib'] } },
    ]).map((plan) => ({
      ...plan,
      output: { ...plan.output, variant: { python: plan.buildString.slice(2), target_platform: 'linux-64' } },
    }))
    expect(outputGraph(all).map(({ fallsWith, builtFrom }) => ({ fallsWith, builtFrom }))).toEqual([
      { fallsWith: [], builtFrom: [] },
      { fallsWith: [], builtFrom: [] },
      { fallsWith: [0], builtFrom: [0, 1] },
      { fallsWith: [1], builtFrom: [0, 1] },
    ])
  })
})

test('after a stop no build starts, and tests of what is built go on', () => {
  const schedule = createSchedule(outputGraph(plans([{ name: 'a' }, { name: 'b' }])), { jobs: 1 })
  expect(schedule.next()).toEqual([{ kind: 'build', at: 0 }])
  schedule.stop()
  expect(schedule.built(0)).toBe(false)
  expect(schedule.next()).toEqual([{ kind: 'test', at: 0 }])
  schedule.done(0)
  expect(schedule.next()).toEqual([])
  expect(schedule.left()).toEqual([{ at: 1, wasBuilt: false }])
})

test('what exists already waits for nothing and falls with nobody', () => {
  const graph = outputGraph(plans([{ name: 'a' }, { name: 'b', requirements: { host: ['a'] } }]))
  const schedule = createSchedule(graph, { jobs: 2, present: new Set([1]) })
  expect(schedule.next().map(({ at }) => at)).toEqual([0, 1])
  schedule.done(1)
  schedule.failed(0)
  expect(schedule.takeDropped()).toEqual([])
})

/** Builds need only outputs with smaller numbers; running and testing may go around in circles. */
const randomOutputs = fc
  .array(
    fc.record({
      host: fc.array(fc.nat(11), { maxLength: 3 }),
      run: fc.array(fc.nat(11), { maxLength: 3 }),
      test: fc.array(fc.nat(11), { maxLength: 2 }),
    }),
    { minLength: 1, maxLength: 12 },
  )
  .map((nodes) =>
    nodes.map(({ host, run, test: tested }, at): OutputChanges => {
      const names = (needs: readonly number[]) =>
        needs.filter((need) => need < nodes.length).map((need) => `p${need}`)
      return {
        name: `p${at}`,
        requirements: { host: names(host.filter((need) => need < at)), run: names(run) },
        tests: [{ script: 'x', requirements: { run: names(tested) } }] as OutputChanges['tests'] & {},
      }
    }),
  )
const choices = fc.infiniteStream(fc.nat(1000))

/** The same choices for the same run. */
function picker(stream: Stream) {
  return (count: number) => Number(stream.next().value) % count
}
type Stream = Iterator<number>

const jobCounts = fc.integer({ min: 1, max: 5 })
type Simulation = ReturnType<typeof simulate>

function namesOf({ events }: Simulation, what: string): string[] {
  return events.filter((event) => event.what === what).map(({ name }) => name)
}

function placeOf({ events }: Simulation, what: string, name: string): number {
  return events.findIndex((event) => event.what === what && event.name === name)
}

/** When a package came into the channel: tested, or listed before. */
function inChannel(simulation: Simulation, name: string): number {
  const listed = placeOf(simulation, 'listed', name)
  return listed === -1 ? placeOf(simulation, 'done', name) : listed
}

function neededForTest({ name, requirements, tests }: OutputChanges): readonly string[] {
  const [check] = tests ?? []
  const forTest = check && 'script' in check ? (check.requirements?.run ?? []) : []
  return [...(requirements?.run ?? []), ...forTest].map(String).filter((need) => need !== name)
}

/** All that need this output in any way, directly or through others, and itself. */
function downstream({ graph, all }: Simulation, name: string): ReadonlySet<string> {
  const down = new Set([name])
  for (let size = 0; size !== down.size; ) {
    size = down.size
    for (const [at, { fallsWith }] of graph.entries()) {
      if (fallsWith.some((need) => down.has(all[need]?.name ?? ''))) down.add(all[at]?.name ?? '')
    }
  }
  return down
}

describe('with any graph, any number of jobs and any speed', () => {
  test('each output is built once and tested once, never before what it needs, never too many at once', () => {
    fc.assert(
      fc.property(randomOutputs, jobCounts, choices, (outputs, jobs, stream) => {
        const simulation = simulate(outputs, { jobs, pick: picker(stream) })
        expect(simulation.left).toEqual([])
        expect(simulation.most).toBeLessThanOrEqual(jobs)
        const names = outputs.map(({ name = '' }) => name).sort()
        for (const what of ['build', 'test', 'done']) expect(namesOf(simulation, what).sort()).toEqual(names)
        for (const output of outputs) {
          const { name = '', requirements } = output
          const built = placeOf(simulation, 'build', name)
          for (const need of requirements?.host ?? [])
            expect(inChannel(simulation, String(need))).toBeLessThan(built)
          const tested = placeOf(simulation, 'test', name)
          for (const need of neededForTest(output)) expect(inChannel(simulation, need)).toBeLessThan(tested)
        }
      }),
      { numRuns: 400 },
    )
  })

  test('a failure drops exactly those that need it and have not ended before', () => {
    fc.assert(
      fc.property(randomOutputs, jobCounts, choices, fc.nat(11), (outputs, jobs, stream, number) => {
        const bad = `p${number % outputs.length}`
        const fails = (task: Task, name: string) => task.kind === 'build' && name === bad
        const simulation = simulate(outputs, { jobs, pick: picker(stream), fails })
        const down = downstream(simulation, bad)
        const dropped = namesOf(simulation, `dropped for ${bad}`)
        const done = namesOf(simulation, 'done')
        const names = outputs.map(({ name = '' }) => name)
        expect([...done, ...dropped, bad].sort()).toEqual([...names].sort())
        expect(dropped.filter((name) => !down.has(name))).toEqual([])
        // Nothing is tested with a package that fell before.
        for (const name of done.filter((other) => down.has(other))) {
          const output = outputs.find((other) => other.name === name)
          const fell = (output ? neededForTest(output) : []).map((need) =>
            placeOf(simulation, need === bad ? 'failed' : `dropped for ${bad}`, need),
          )
          const tested = placeOf(simulation, 'test', name)
          expect(fell.filter((place) => place !== -1 && place < tested)).toEqual([])
        }
      }),
      { numRuns: 400 },
    )
  })

  test('a failure drops exactly all that are built from the output, when no tests need others', () => {
    fc.assert(
      fc.property(randomOutputs, jobCounts, choices, fc.nat(11), (given, jobs, stream, number) => {
        const outputs = given.map(({ name = '', requirements }): OutputChanges => {
          return { name, requirements: { host: requirements?.host ?? [] } }
        })
        const bad = `p${number % outputs.length}`
        const fails = (_: Task, name: string) => name === bad
        const simulation = simulate(outputs, { jobs, pick: picker(stream), fails })
        const dropped = namesOf(simulation, `dropped for ${bad}`)
        expect([...dropped, bad].sort()).toEqual([...downstream(simulation, bad)].sort())
      }),
      { numRuns: 400 },
    )
  })
})
