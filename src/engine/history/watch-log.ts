/** The events of one build in their order, with the stage that each belongs to; also those that are still to come. */
import type { StageContext } from '../../system/index.js'
import type { PastBuild } from './builds.js'
import { type LoggedEvent, readEvents } from './read-events.js'

/** An event with what was going on when it was told. */
export interface PlacedEvent {
  readonly event: LoggedEvent
  /** The stage that ran; absent before the first one and behind the last. */
  readonly stage: string | undefined
}

/** How long nothing is read after a look that found nothing new, in milliseconds. */
const pauseMs = 200

/**
 * Hands on what the log of a build holds, its output's events and those of the whole run. With `follow`, also what comes
 * later, until the end of the build was told or the signal is aborted.
 */
export async function watchLog(
  build: PastBuild,
  { follow }: { readonly follow: boolean },
  { system, signal }: Pick<StageContext, 'system' | 'signal'>,
  onEvent: (placed: PlacedEvent) => void,
): Promise<void> {
  let stage: string | undefined
  let isOver = false
  const take = (event: LoggedEvent) => {
    if ('output' in event && event.output !== undefined && event.output !== build.id) return
    if (event.type === 'stage-started') stage = event.stage
    onEvent({ event, stage: stageOf(event, stage) })
    if (event.type === 'stage-finished') stage = undefined
    isOver ||=
      event.type === 'output-finished' || event.type === 'build-failed' || event.type === 'run-finished'
  }
  let inode = (await system.fs.stat(build.log))?.inode
  let position = await readEvents(build.log, { offset: 0 }, system, take)
  while (follow && !isOver && !signal.aborted) {
    await system.clock.sleep(pauseMs)
    const info = await system.fs.stat(build.log)
    // Between two builds of the same id the name is free for a moment.
    if (info === undefined) continue
    // A new build of the same id has a log of its own.
    if (info.inode !== inode) {
      position = { offset: 0 }
      stage = undefined
    }
    inode = info.inode
    position = await readEvents(build.log, position, system, take)
  }
}

/** What tests print belongs to the tests, wherever it stands. */
function stageOf(event: LoggedEvent, running: string | undefined): string | undefined {
  if (event.type === 'stage-finished') return event.stage
  return event.type === 'script-line' && event.phase === 'test' ? 'test' : running
}
