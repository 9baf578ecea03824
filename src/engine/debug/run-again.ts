/** Runs the script of an earlier build again, or a shell where it ran, with its secrets masked. */
import path from 'node:path'
import type { Masker } from '../../events/index.js'
import { type RerunRequest, rerunCommand, shellAgain } from '../../stages/run-script/index.js'
import type { Command, StageContext } from '../../system/index.js'
import { type DebugState, platformsOf } from './debug-state.js'
import { noScriptYet, secretNeeded, shellNotMasked } from './errors.js'

type AgainContext = StageContext & { readonly masker: Masker }

/** Where output goes; what arrives is masked. */
export interface DebugStreams {
  readonly stdout: (text: string) => void
  readonly stderr: (text: string) => void
}

/** The status of the script; nothing is packaged. @throws BuildError `script/secret-needed`, `script/not-written` */
export async function runAgain(
  state: DebugState,
  options: { readonly trace: boolean; readonly streams: DebugStreams },
  context: AgainContext,
): Promise<number> {
  const { work } = state.directories
  if ((await context.system.fs.stat(path.join(work, 'conda_build.sh'))) === undefined) throw noScriptYet(work)
  const command = await rerunCommand(await toRequest(state, context), options.trace, context)
  return runMasked(command, options.streams, context)
}

/** The status of the shell. @param typed what it reads; undefined when somebody sits at the terminal */
export async function openShell(
  state: DebugState,
  options: { readonly typed: string | undefined; readonly streams: DebugStreams },
  context: AgainContext,
): Promise<number> {
  const { work } = state.directories
  if ((await context.system.fs.stat(path.join(work, 'build_env.sh'))) === undefined) throw noScriptYet(work)
  const request = await toRequest(state, context)
  const command = await shellAgain(request, options.typed, context)
  if (options.typed !== undefined) return runMasked(command, options.streams, context)
  if (Object.keys(request.secrets).length === 0) return context.system.process.interact(command)
  return interactMasked(command, options.streams, context)
}

async function toRequest(state: DebugState, context: AgainContext): Promise<RerunRequest> {
  return {
    work: state.directories.work,
    platforms: platformsOf(state),
    isolation: state.isolation,
    secrets: await collectSecrets(state.secrets, context),
  }
}

/** A script without its secrets fails in other ways than the build did, so they are asked for. */
async function collectSecrets(
  names: readonly string[],
  { system, masker }: AgainContext,
): Promise<Readonly<Record<string, string>>> {
  const secrets: Record<string, string> = {}
  const missing = names.filter((name) => !system.env.get(name))
  if (missing.length > 0 && !system.terminal.isInteractive()) throw secretNeeded(missing)
  for (const name of names) {
    const value = system.env.get(name) || (await system.terminal.askHidden(`${name} (not shown): `))
    if (!value) throw secretNeeded([name])
    masker.add(value, { name, kind: 'declared' })
    secrets[name] = value
  }
  return secrets
}

async function runMasked(command: Command, streams: DebugStreams, context: AgainContext): Promise<number> {
  const pumps = {
    stdout: createPump(streams.stdout, context.masker),
    stderr: createPump(streams.stderr, context.masker),
  }
  const result = await context.system.process.run(command, {
    signal: context.signal,
    onOutput: (stream, chunk) => pumps[stream].push(chunk),
  })
  pumps.stdout.end()
  pumps.stderr.end()
  if (result.aborted) throw context.signal.reason
  return result.code ?? signalStatus
}

/** What a shell says about a program that a signal ended, where the signal does not matter. */
const signalStatus = 128

/** Masks bytes, then decodes them: a character may be cut between two chunks. */
function createPump(write: (text: string) => void, masker: Masker) {
  const masked = masker.stream()
  const decoder = new TextDecoder()
  const show = (bytes: string) => {
    if (bytes !== '') write(decoder.decode(Buffer.from(bytes, 'latin1'), { stream: true }))
  }
  return {
    push: (chunk: Uint8Array) => show(masked.push(Buffer.from(chunk).toString('latin1'))),
    end: () => show(masked.end()),
  }
}

/** A terminal of its own for the shell, whose output passes through the masker on its way to the real one. */
async function interactMasked(
  command: Command,
  streams: DebugStreams,
  { system, masker, emit }: AgainContext,
): Promise<number> {
  const directories = (system.env.get('PATH') ?? '').split(path.delimiter)
  const script = system.host.os === 'linux' ? await system.process.find('script', directories) : undefined
  if (script === undefined) {
    emit({ type: 'warning', ...shellNotMasked() })
    return system.process.interact(command)
  }
  const line = [command.program, ...command.args].map(quoteWord).join(' ')
  const args = ['--quiet', '--return', '--flush', '--command', line, '/dev/null']
  const pump = createPump(streams.stdout, masker)
  // `script` runs its command with the shell that the environment names.
  const env = { ...command.env, SHELL: '/bin/sh' }
  const status = await system.process.interact({ ...command, program: script, args, env }, pump.push)
  pump.end()
  return status
}

function quoteWord(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
