/** Tests a finished package as its users would get it: installed into fresh prefixes, from the archive alone. */
import path from 'node:path'
import type { RenderedTest } from '../../recipe/index.js'
import { kindNotSupportedYet, testIndexOutOfRange } from './errors.js'
import type { TestKindContext, TestRun } from './kind.js'
import { testKinds } from './kinds/index.js'
import { runTest } from './run-test.js'
import {
  openTestedPackage,
  type TestContext,
  type TestedPackage,
  type TestOptions,
} from './tested-package.js'
import type { TestOutcome } from './types.js'

/**
 * Runs the tests of `info/tests/tests.yaml` in their order; the first failure rejects with `test/...`.
 * A package without tests passes.
 */
export async function testPackage(
  archivePath: string,
  options: TestOptions,
  context: TestContext,
): Promise<readonly TestOutcome[]> {
  const { tested, tests } = await openTestedPackage(archivePath, context)
  const outcomes: TestOutcome[] = []
  for (const test of select(tests, options.index)) {
    for (const run of await runsOf(test, tested, { ...context, platform: options.buildPlatform })) {
      const environment = `test ${outcomes.length + 1}`
      outcomes.push(await runOne(run, tested, { ...options, environment }, context))
    }
  }
  return outcomes
}

async function runOne(
  run: TestRun,
  tested: TestedPackage,
  options: TestOptions,
  context: TestContext,
): Promise<TestOutcome> {
  const { clock } = context.system
  const event = { output: tested.id, kind: run.kind, title: run.title }
  context.emit({ type: 'test-started', ...event })
  const started = clock.monotonic()
  await runTest(run, tested, options, context)
  const ms = clock.monotonic() - started
  context.emit({ type: 'test-finished', ...event, ms })
  return { kind: run.kind, title: run.title, ms }
}

function select(tests: readonly RenderedTest[], index: number | undefined): readonly RenderedTest[] {
  if (index === undefined) return tests
  const test = tests[index]
  if (test === undefined) throw testIndexOutOfRange(index, tests.length)
  return [test]
}

async function runsOf(
  test: RenderedTest,
  tested: TestedPackage,
  context: Pick<TestKindContext, 'interpreters' | 'platform'>,
): Promise<readonly TestRun[]> {
  // Its place is the build; a package that carries one from another tool is no reason to fail.
  if ('package_contents' in test) return []
  const kindContext = {
    interpreters: context.interpreters,
    platform: context.platform,
    packageFileName: path.basename(tested.archivePath),
  }
  for (const kind of testKinds) {
    const runs = kind(test, kindContext)
    if (runs) return runs
  }
  throw kindNotSupportedYet(Object.keys(test)[0] ?? '')
}
