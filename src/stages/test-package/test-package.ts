/** Tests a finished package as its users would get it: installed into fresh prefixes, from the archive alone. */
import path from 'node:path'
import type { RenderedTest } from '../../recipe/index.js'
import { openDownstream } from './downstream-test.js'
import { testIndexOutOfRange } from './errors.js'
import type { TestKindContext, TestRun } from './kind.js'
import { testKinds } from './kinds/index.js'
import { legacyTest } from './legacy-test.js'
import { runTest } from './run-test.js'
import {
  openTestedPackage,
  type TestContext,
  type TestedPackage,
  type TestOptions,
} from './tested-package.js'
import type { TestOutcome } from './types.js'

/**
 * Runs the tests of `info/tests/tests.yaml` in their order, then those that conda-build left in `info/test/`; the first
 * failure rejects with `test/...`. A package without tests passes.
 */
export async function testPackage(
  archivePath: string,
  options: TestOptions,
  context: TestContext,
): Promise<readonly TestOutcome[]> {
  const { tested, tests } = await openTestedPackage(archivePath, context)
  const session: Session = { tested, options, context, outcomes: [] }
  for (const test of select(tests, options.index)) await runKind(test, session)
  const legacy = legacyTest(tested.legacy, kindContext(session))
  if (legacy && options.index === undefined) await runOne(legacy, session)
  return session.outcomes
}

/** The tests of one package, and how they went. */
interface Session {
  readonly tested: TestedPackage
  readonly options: TestOptions
  readonly context: TestContext
  readonly outcomes: TestOutcome[]
}

function select(tests: readonly RenderedTest[], index: number | undefined): readonly RenderedTest[] {
  if (index === undefined) return tests
  const test = tests[index]
  if (test === undefined) throw testIndexOutOfRange(index, tests.length)
  return [test]
}

async function runKind(test: RenderedTest, session: Session): Promise<void> {
  if ('downstream' in test) await runDownstream(test.downstream, session)
  else for (const run of runsOf(test, session)) await runOne(run, session)
}

function runsOf(test: RenderedTest, session: Session): readonly TestRun[] {
  // Its place is the build; a package that carries one from another tool is no reason to fail.
  if ('package_contents' in test) return []
  const context = kindContext(session)
  for (const kind of testKinds) {
    const runs = kind(test, context)
    if (runs) return runs
  }
  return []
}

function kindContext({ tested, options, context }: Session): TestKindContext {
  return {
    interpreters: context.interpreters,
    platform: options.buildPlatform,
    packageFileName: path.basename(tested.archivePath),
  }
}

async function runOne(run: TestRun, { tested, options, context, outcomes }: Session): Promise<void> {
  const { clock } = context.system
  const event = { output: tested.id, kind: run.kind, title: run.title }
  context.emit({ type: 'test-started', ...event })
  const started = clock.monotonic()
  await runTest(run, tested, { ...options, environment: `test ${outcomes.length + 1}` }, context)
  const ms = clock.monotonic() - started
  context.emit({ type: 'test-finished', ...event, ms })
  outcomes.push({ kind: run.kind, title: run.title, ms })
}

async function runDownstream(spec: string, session: Session): Promise<void> {
  const { tested, options, context, outcomes } = session
  const downstream = await openDownstream(spec, tested, options, context)
  if (!downstream) return
  const { clock } = context.system
  const title = `Running downstream test for package: ${spec}`
  const event = { output: tested.id, kind: 'downstream', title }
  context.emit({ type: 'test-started', ...event })
  const started = clock.monotonic()
  const own: Session = { tested: downstream.tested, options: downstream.options, context, outcomes: [] }
  try {
    for (const test of downstream.tests) await runKind(test, own)
  } finally {
    await downstream.close()
  }
  const ms = clock.monotonic() - started
  context.emit({ type: 'test-finished', ...event, ms })
  outcomes.push({ kind: 'downstream', title, ms })
}
