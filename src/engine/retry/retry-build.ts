/** `krait retry`: goes on with a build that was kept, from one step on, with what was mended by hand. */
import type { ExitCode } from '../../errors/index.js'
import { version } from '../../settings/index.js'
import { withLock } from '../../stages/install-prefixes/index.js'
import type { TestedPlan } from '../../stages/test-package/index.js'
import type { BuildContext } from '../context.js'
import { dirtyChannel } from '../dirty/directory.js'
import { failureEvent } from '../failure-event.js'
import type { FinishOptions } from '../finish-package.js'
import { ownContext } from '../many/own-context.js'
import { registerSecrets } from '../register-secrets.js'
import { buildInUse, stepNotReady, stepNotRetried } from './errors.js'
import { type FoundBuild, findBuild, refuseOtherRecipe } from './find-build.js'
import { goOn } from './go-on.js'
import { type RetryNotes, readNotes, readProgress, saveProgress } from './notes.js'
import { withRetryCommand } from './retry-command.js'
import { isReady, type RetryStep, retrySteps, unfinishedStep } from './steps.js'

export interface RetryRequest {
  /** An id or the beginning of one; the last build that failed when absent. */
  readonly build: string | undefined
  /** The step that has not finished when absent. */
  readonly from: string | undefined
  readonly outputDirectory: string
  readonly cacheDirectory: string
  readonly colors: boolean
  /** Instead of the time that the build gave its script. */
  readonly timeoutMs: number | undefined
  readonly finish: Omit<FinishOptions, 'recipeText'>
  /** Asked when tests are run, instead of those of the build; undefined when none are named. */
  readonly channels: readonly string[] | undefined
}

/**
 * Runs the step and all behind it. The package is marked dirty and goes to `<output>/dirty`. A failure of a step is told as
 * an event and decides the exit code.
 * @throws BuildError `usage/...` when nothing was begun
 */
export async function retryBuild(request: RetryRequest, context: BuildContext): Promise<ExitCode> {
  const from = stepOf(request.from)
  const found = await findBuild(request.build, request.outputDirectory, context)
  const { directory, past } = found
  const refuse = (holder: { readonly pid: number } | undefined) => buildInUse(past.id, directory, holder?.pid)
  return withLock(`${directory}.lock`, context, () => retryIn(found, { ...request, from }, context), refuse)
}

function stepOf(name: string | undefined): RetryStep | undefined {
  const step = retrySteps.find((known) => known === name)
  if (name !== undefined && step === undefined) throw stepNotRetried(name)
  return step
}

type Asked = RetryRequest & { readonly from: RetryStep | undefined }

async function retryIn(
  { directory, progress: seen }: FoundBuild,
  request: Asked,
  context: BuildContext,
): Promise<ExitCode> {
  // Another retry may have come in between.
  const progress = (await readProgress(directory, context)) ?? seen
  const step = request.from ?? unfinishedStep(progress)
  if (!isReady(step, progress)) throw stepNotReady(progress.id, step, unfinishedStep(progress))
  const notes = await readNotes(directory, request.outputDirectory, context)
  await refuseOtherRecipe(notes, context.system)
  registerSecrets([notes.plan], context)
  announce(notes, step, context)
  // It is the build that the log tells of now, however early it ends.
  await saveProgress(directory, { ...progress, notedMs: context.system.clock.now() }, context)
  const startedMs = context.system.clock.monotonic()
  const ended = await attempt(notes, context, (own) => goOn({ notes, progress, step, request, context: own }))
  const ms = context.system.clock.monotonic() - startedMs
  announceEnd(ended, { ms, channel: dirtyChannel(request.outputDirectory) }, context)
  return 'artifact' in ended ? 0 : ended.exitCode
}

function announce({ plan }: RetryNotes, step: RetryStep, { emit }: BuildContext): void {
  const { id: output, name, version: of, buildString: build, output: rendered, recipePath: recipe } = plan
  emit({ type: 'run-started', version, recipe, platform: plan.platforms.host.subdir, outputs: 1 })
  const { variant } = rendered
  emit({ type: 'output-started', output, name, version: of, build, variant, index: 0, count: 1 })
  emit({ type: 'note', output, text: `going on from ${step} in ${plan.directories.build}` })
}

type Ended = TestedPlan | { readonly exitCode: ExitCode }

function announceEnd(
  ended: Ended,
  facts: { readonly ms: number; readonly channel: string },
  { emit }: BuildContext,
): void {
  if (!('artifact' in ended)) {
    emit({ type: 'run-finished', built: 0, failed: 1, tested: 0, artifacts: [], ...facts })
    return
  }
  const { path, sizeBytes } = ended.artifact
  const tested = ended.tests.skipped === undefined ? 1 : 0
  emit({ type: 'output-finished', output: ended.id, path, ms: facts.ms })
  emit({ type: 'run-finished', built: 1, failed: 0, tested, artifacts: [{ path, sizeBytes }], ...facts })
}

async function attempt(
  { plan, recipeText }: RetryNotes,
  context: BuildContext,
  action: (own: BuildContext) => Promise<TestedPlan>,
): Promise<Ended> {
  const own = ownContext(plan.id, context)
  try {
    return await action(own)
  } catch (thrown) {
    const error = await withRetryCommand(thrown, plan, context)
    const [origin] = plan.output.provenance.origins.values()
    const sources = new Map(origin === undefined ? [] : [[origin.span.file, recipeText]])
    const event = failureEvent(error, plan.id, { sources, signal: context.signal, stage: own.stage() })
    context.emit(event)
    return { exitCode: event.exitCode as ExitCode }
  }
}
