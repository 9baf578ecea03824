/** `--watch`: a dirty build after each save. */
import path from 'node:path'
import type { ExitCode } from '../../errors/index.js'
import { buildRecipes } from '../build-recipes.js'
import type { BuildRequest } from '../build-request.js'
import type { BuildContext } from '../context.js'
import { noDirtyOptions } from '../dirty/types.js'
import { collectSaves, type Saves } from './saves.js'
import { type WatchedPlaces, watchedPlaces } from './watched-places.js'

/** Builds until somebody interrupts; a build that failed waits for the next save like any other. Ends with 130. */
export async function watchBuilds(request: BuildRequest, context: BuildContext): Promise<ExitCode> {
  const { signal } = context
  const written = new Set<string>()
  let places: WatchedPlaces = { directories: [], files: [] }
  let next = request
  let duringLast: readonly string[] = []
  while (!signal.aborted) {
    places = await watchedPlaces(next, places, context)
    const saves = await collectSaves(places, outputsOf(request), context)
    try {
      await buildRecipes(next, context)
      if (signal.aborted) break
      const during = relevant(saves.taken(), written)
      for (const file of during.filter((one) => duringLast.includes(one))) noteWritten(file, written, context)
      duringLast = during
      const saved = relevant(during, written)
      tell(saved.length > 0 ? saved : await waitForSave(saves, written, context), context)
    } finally {
      saves.close()
    }
    next = again(request, context)
  }
  return 130
}

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
