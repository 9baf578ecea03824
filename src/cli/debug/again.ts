/** `krait debug run`, `shell` and `workdir`. */
import { openShell, runAgain, toDebugPlaces } from '../../engine/index.js'
import type { ExitCode } from '../../errors/index.js'
import type { Invocation } from '../command.js'
import { usageError } from '../errors.js'
import { findBuild, withDebug } from './with-debug.js'

/** Ends with the status of the script. */
export function runScript(invocation: Invocation, words: readonly string[]): Promise<ExitCode> {
  refuseWords('run', words)
  refuseJson('run', invocation)
  return withDebug(invocation, async (context) => {
    const state = await findBuild(invocation, context)
    const options = { trace: invocation.settings.values.trace, streams: streamsOf(invocation) }
    return runAgain(state, options, context)
  })
}

/** At a terminal somebody types; else standard input is what the shell runs. Ends with its status. */
export function shell(invocation: Invocation, words: readonly string[]): Promise<ExitCode> {
  refuseWords('shell', words)
  refuseJson('shell', invocation)
  return withDebug(invocation, async (context) => {
    const state = await findBuild(invocation, context)
    const isTyped = context.system.terminal.isInteractive()
    const typed = isTyped ? undefined : await readAll(invocation.stdin)
    const status = await openShell(state, { typed, streams: streamsOf(invocation) }, context)
    if (status !== 0) invocation.stderr.write(`shell exited with status: exit status: ${status}\n`)
    return status
  })
}

/** Prints where the sources are. */
export function workdir(invocation: Invocation, words: readonly string[]): Promise<ExitCode> {
  refuseWords('workdir', words)
  return withDebug(invocation, async (context) => {
    const places = toDebugPlaces(await findBuild(invocation, context))
    invocation.stdout.write(
      invocation.settings.values.json ? `${JSON.stringify(places, null, 2)}\n` : `${places.work}\n`,
    )
    return 0
  })
}

function refuseWords(action: string, [first]: readonly string[]): void {
  if (first !== undefined) throw usageError(`unexpected argument '${first}' for \`debug ${action}\``)
}

/** Their output is that of the script or the shell, and nothing else. */
function refuseJson(action: string, { settings }: Invocation): void {
  if (settings.values.json)
    throw usageError(
      `\`krait debug ${action}\` has no result to print as JSON`,
      'leave `--json` out; `krait debug workdir --json` says where everything is',
    )
}

function streamsOf({ stdout, stderr }: Invocation) {
  return { stdout: (text: string) => stdout.write(text), stderr: (text: string) => stderr.write(text) }
}

async function readAll(stream: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}
