/** `krait log --step`: a step that did not run in a build may have run in an earlier one, whose work was reused. */
import { earlierBuild, type PastBuild, type PlacedEvent, watchLog } from '../engine/index.js'
import type { Reported } from './with-reporter.js'

/** Whether an event belongs to the step; all do when none is asked for. */
export function isOfStep({ stage, event }: PlacedEvent, step: string | undefined): boolean {
  return step === undefined || (stage === step && event.type !== 'run-started')
}

/** What the events of a build say about a step that may be absent. */
export interface StepFacts {
  hasRun: boolean
  /** Why it was reused. */
  reused: string | undefined
  hasEnded: boolean
}

/** Keeps the facts true while the events of the build go by. */
export function noteStep(facts: StepFacts, placed: PlacedEvent, step: string | undefined): void {
  const { event } = placed
  if (isOfStep(placed, step)) facts.hasRun = true
  if (event.type === 'output-finished' || event.type === 'build-failed') facts.hasEnded = true
  if (event.type === 'layer-judged' && event.action === 'reuse' && layers[event.layer] === step)
    facts.reused = event.reason
}

/** The step that a layer of a dirty build is the work of. */
const layers: Readonly<Record<string, string>> = {
  sources: 'sources',
  'build env': 'install',
  'host env': 'install',
  script: 'script',
  package: 'package',
  tests: 'test',
}

export interface MissingStep {
  /** What there is to say about the absence. */
  readonly text: string
  /** The build that ran the step, and what it told there; absent when no log of one is kept. */
  readonly earlier?: { readonly build: PastBuild; readonly told: readonly PlacedEvent[] }
}

/** Why the step is absent; only a build that came past the step can have relied on an earlier one. */
export async function explainMissing(
  build: PastBuild,
  { reused, hasEnded }: StepFacts,
  step: string,
  context: Pick<Reported, 'system' | 'signal'>,
): Promise<MissingStep> {
  const reason = reused === undefined ? '' : `: it was reused (${reused})`
  const isUnfinished = build.status === 'unfinished' && !hasEnded
  const absent = `\`${step}\` did not run in ${build.id}${isUnfinished ? ' so far' : ''}${reason}`
  const canRely = reused !== undefined || build.status === 'built'
  const earlier = canRely ? await earlierBuild(build, context.system) : undefined
  if (earlier === undefined) return { text: absent }
  const told: PlacedEvent[] = []
  await watchLog(earlier, { follow: false }, context, (placed) => {
    if (isOfStep(placed, step)) told.push(placed)
  })
  if (told.length === 0) return { text: absent }
  const began = new Date(earlier.startedMs).toISOString().slice(0, 19).replace('T', ' ')
  return { text: `${absent}; this is from the build of ${began}`, earlier: { build: earlier, told } }
}
