/** A build that a save ends, as Ctrl-C would: what it makes would be stale before it is done. */
import { buildRecipes } from '../build-recipes.js'
import type { BuildRequest } from '../build-request.js'
import type { BuildContext } from '../context.js'
import { overtaken } from '../errors.js'
import type { Saves } from './saves.js'

const pauseMs = 50

/**
 * Returns when the build has ended, with all its processes.
 * @param mayEnd whether a file that was saved ends the build
 * @returns whether it was a save that ended it
 */
export async function buildUntilSaved(
  request: BuildRequest,
  { saves, mayEnd }: { readonly saves: Saves; readonly mayEnd: (file: string) => boolean },
  context: BuildContext,
): Promise<boolean> {
  const { signal, system } = context
  const stop = new AbortController()
  const own = { ...context, signal: AbortSignal.any([signal, stop.signal]) }
  let hasEnded = false
  const building = buildRecipes(request, own).finally(() => {
    hasEnded = true
  })
  while (!hasEnded && !signal.aborted && !stop.signal.aborted) {
    await Promise.race([building, system.clock.sleep(pauseMs)])
    if (!hasEnded && saves.settled().some(mayEnd)) stop.abort(overtaken())
  }
  await building
  return stop.signal.aborted
}
