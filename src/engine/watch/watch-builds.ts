/** `--watch`: a dirty build after each save. */
import path from 'node:path'
import type { ExitCode } from '../../errors/index.js'
import type { BuildRequest } from '../build-request.js'
import type { BuildContext } from '../context.js'
import { noDirtyOptions } from '../dirty/types.js'
import { buildUntilSaved } from './build-until-saved.js'
import { collectSaves, type Saves } from './saves.js'
import { type WatchedPlaces, watchedPlaces } from './watched-places.js'

/**
 * Builds until somebody interrupts; a build that failed waits for the next save like any other, and a save while one
 * runs ends it. Ends with 130.
 */
export async function watchBuilds(request: BuildRequest, context: BuildContext): Promise<ExitCode> {
  const { signal } = context
  const written = new Set<string>()
  let places: WatchedPlaces = { directories: [], files: [] }
  let next = request
  /** What changed while the last build ran, when it came to its end. */
  let duringLast: readonly string[] = []
  /** How many builds in a row each file has ended. */
  const ended = new Map<string, number>()
  while (!signal.aborted) {
    places = await watchedPlaces(next, places, context)
    const saves = await collectSaves(places, outputsOf(request), context)
    try {
      const mayEnd = (file: string) =>
        !written.has(file) && !duringLast.includes(file) && (ended.get(file) ?? 0) < mostEnded
      const isOvertaken = await buildUntilSaved(next, { saves, mayEnd }, context)
      if (signal.aborted) break
      const during = relevant(saves.taken(), written)
      if (isOvertaken) for (const file of during) ended.set(file, (ended.get(file) ?? 0) + 1)
      else {
        for (const file of during) if (duringLast.includes(file)) noteWritten(file, written, context)
        ended.clear()
      }
      duringLast = isOvertaken ? [] : during
      const saved = relevant(during, written)
      tell(saved.length > 0 ? saved : await waitForSave(saves, written, context), context)
    } finally {
      saves.close()
    }
    next = again(request, context)
  }
  return 130
}

/** A script that writes beside its recipe saves in every build: one of them has to come to its end to know that. */
const mostEnded = 3

/** `--from` was meant for the first build; every other one finds by itself where to begin. */
function again(request: BuildRequest, { system }: BuildContext): BuildRequest {
  const { dirty } = request.build
  const isGiven = dirty?.isTimestampGiven === true
  const timestampSeconds = isGiven ? request.plan.timestampSeconds : Math.floor(system.clock.now() / 1000)
  return {
    ...request,
    plan: { ...request.plan, timestampSeconds },
    build: { ...request.build, dirty: { ...noDirtyOptions, ...dirty, from: undefined } },
  }
}

function outputsOf({ plan, build }: BuildRequest): readonly string[] {
  return [plan.outputDirectory, build.cacheDirectory]
}

function relevant(files: readonly string[], written: ReadonlySet<string>): readonly string[] {
  return files.filter((file) => !written.has(file))
}

/** A script that writes beside its recipe would start the next build for ever. */
function noteWritten(file: string, written: Set<string>, context: BuildContext): void {
  written.add(file)
  const text = `${shown(file, context)} changes with every build: it is not watched any more`
  context.emit({ type: 'note', text })
}

async function waitForSave(
  saves: Saves,
  written: ReadonlySet<string>,
  context: BuildContext,
): Promise<readonly string[]> {
  context.emit({ type: 'note', text: 'waiting for the next save; Ctrl-C ends this' })
  while (!context.signal.aborted) {
    const saved = relevant(await saves.next(), written)
    if (saved.length > 0) return saved
  }
  return []
}

function tell(saved: readonly string[], context: BuildContext): void {
  const [first] = saved
  if (first === undefined) return
  const more = saved.length > 1 ? ` and ${saved.length - 1} more` : ''
  context.emit({ type: 'note', text: `${shown(first, context)}${more} saved` })
}

function shown(file: string, { system }: BuildContext): string {
  return path.relative(system.host.currentDirectory, file)
}
