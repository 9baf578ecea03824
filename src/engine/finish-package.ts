/** What happens to a package once it is written: tests, the channel index, the record; or a corner beside the channel. */
import path from 'node:path'
import { version } from '../settings/index.js'
import {
  type TestedPlan,
  type TestOptions,
  type TestOutcome,
  testPackage,
} from '../stages/test-package/index.js'
import type { BuiltPlan } from './build-plan.js'
import { buildRecord } from './build-record.js'
import type { BuildContext } from './context.js'
import { moveAside, moveIntoChannel } from './into-channel.js'
import { logDirectory } from './log-directory.js'
import { withRetryCommand } from './retry/retry-command.js'

export interface FinishOptions {
  readonly test: 'skip' | 'native' | 'native-and-emulated'
  readonly testOptions: Omit<TestOptions, 'channels'>
  readonly recipeText: string
}

/**
 * Tests a package and moves it into the channel. One that fails its tests is moved to `<output>/broken/` instead, one whose
 * tests are interrupted to `<output>/untested/`, and the error goes on.
 */
export async function finishPackage(
  built: BuiltPlan,
  options: FinishOptions,
  context: BuildContext,
): Promise<TestedPlan> {
  const { packaged, finished } = built
  if (finished?.tests) return { ...packaged, tests: finished.tests }
  let outcomes: readonly TestOutcome[]
  const skipped = skipReason(built, options.test)
  try {
    outcomes = skipped === undefined ? await runTests(built, options, context) : []
  } catch (error) {
    // Tests that somebody stopped say nothing about the package.
    const corner = context.signal.aborted ? 'untested' : 'broken'
    await moveAside(packaged, corner, context)
    const what = corner === 'broken' ? 'did not pass its tests' : 'was not tested to the end'
    const text = `${packaged.artifact.fileName} ${what}: it is in ${corner}/`
    context.emit({ type: 'note', output: packaged.id, text })
    throw await withRetryCommand(error, packaged, context)
  }
  if (skipped !== undefined) context.emit({ type: 'note', output: packaged.id, text: skipped })
  const listed = await moveIntoChannel(packaged, context)
  const { path: file, sizeBytes, sha256, paths } = listed.artifact
  const files = paths.length
  context.emit({ type: 'artifact-written', output: packaged.id, path: file, sizeBytes, sha256, files })
  const contents = (packaged.output.recipe.tests ?? []).filter((test) => 'package_contents' in test)
  const checked = contents.map(() => ({ kind: 'package_contents', title: 'package_contents', ms: 0 }))
  const tests = { outcomes: [...checked, ...outcomes], ...(skipped !== undefined && { skipped }) }
  const tested: TestedPlan = { ...listed, tests }
  await writeRecord(tested, built, options, context)
  await finished?.note(tested.tests)
  return tested
}

function skipReason({ packaged }: BuiltPlan, test: FinishOptions['test']): string | undefined {
  if (test === 'skip') return 'Skipping tests because the argument --test=skip was set'
  const { build, host, targetSubdir } = packaged.platforms
  if (targetSubdir === 'noarch' || host.subdir === build.subdir) return undefined
  return test === 'native'
    ? 'Skipping tests because the argument --test=native was set and the build is a cross-compilation'
    : undefined
}

async function runTests(
  { packaged, lock }: BuiltPlan,
  options: FinishOptions,
  context: BuildContext,
): Promise<readonly TestOutcome[]> {
  const { clock } = context.system
  context.signal.throwIfAborted()
  context.emit({ type: 'stage-started', stage: 'test', output: packaged.id })
  const started = clock.monotonic()
  const { output, channel } = packaged.directories
  const channels = [...(channel === undefined ? [] : [channel]), output, ...packaged.channels]
  const outcomes = await testPackage(
    packaged.artifact.path,
    { ...options.testOptions, channels, lock },
    context,
  )
  const ms = clock.monotonic() - started
  const contents = (packaged.output.recipe.tests ?? []).some((test) => 'package_contents' in test)
  const titles = [...countKinds(outcomes), ...(contents ? ['package_contents'] : [])]
  context.emit({ type: 'stage-finished', stage: 'test', output: packaged.id, ms, facts: { titles } })
  return outcomes
}

/** `2 script`, `1 python` */
function countKinds(outcomes: readonly TestOutcome[]): string[] {
  const kinds = new Map<string, number>()
  for (const { kind } of outcomes) kinds.set(kind, (kinds.get(kind) ?? 0) + 1)
  return [...kinds].map(([kind, count]) => `${count} ${kind}`)
}

async function writeRecord(
  plan: TestedPlan,
  { stages }: BuiltPlan,
  options: FinishOptions,
  { system, masker }: BuildContext,
): Promise<void> {
  const record = masker.maskData(buildRecord({ plan, stages, recipeText: options.recipeText, version }))
  const file = path.join(logDirectory(plan.directories.output), `${plan.id}.record.json`)
  await system.fs.writeFileAtomic(file, `${JSON.stringify(record, null, 2)}\n`)
}
