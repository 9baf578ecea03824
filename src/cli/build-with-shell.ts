/** `--on-failure shell`: a build, and a shell where it failed. */
import path from 'node:path'
import { buildRecipes, findDebugState, openShell } from '../engine/index.js'
import type { ExitCode } from '../errors/index.js'
import type { BuildEvent } from '../events/index.js'
import type { Invocation } from './command.js'
import { withDebug } from './debug/with-debug.js'
import { withBuild } from './with-build.js'

/** Without a terminal the directory is kept and that is all. Ends with the exit code of the build. */
export async function buildWithShell(invocation: Invocation): Promise<ExitCode> {
  let work: string | undefined
  const note = (event: BuildEvent) => {
    if (event.type === 'build-failed') work ??= workOf(event)
  }
  const code = await withBuild(invocation, async (request, context) => {
    const emit: typeof context.emit = (event) => {
      note(event)
      context.emit(event)
    }
    return (await buildRecipes(request, { ...context, emit })).exitCode
  })
  const { system, signal, stdout, stderr } = invocation
  if (work === undefined || signal.aborted || !system.terminal.isInteractive()) return code
  const place = path.resolve(work)
  stderr.write(`a shell in ${place}; \`exit\` ends it\n`)
  await withDebug(invocation, async (context) => {
    const state = await findDebugState({ outputDirectory: path.dirname(place), work: place }, context)
    const streams = {
      stdout: (text: string) => stdout.write(text),
      stderr: (text: string) => stderr.write(text),
    }
    return openShell(state, { typed: undefined, streams }, context)
  })
  return code
}

/** Failures of tests have a work directory too, which is none of a build. */
function workOf({ details }: Extract<BuildEvent, { type: 'build-failed' }>): string | undefined {
  const isBuild = details?.phase === 'build' && typeof details.workDirectory === 'string'
  return isBuild ? String(details.workDirectory) : undefined
}
