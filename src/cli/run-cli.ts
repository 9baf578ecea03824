/** From argv to an exit code. */
import { type BuildError, type ExitCode, exitCodeInStage, isBuildError } from '../errors/index.js'
import type { OutputStream } from '../report/index.js'
import { type ResolvedSettings, resolveSettings, version } from '../settings/index.js'
import type { System } from '../system/index.js'
import type { Invocation } from './command.js'
import { commands } from './commands/index.js'
import { commandHelp, programHelp, usageLine } from './help.js'
import { type Parsed, parseArguments } from './parse-arguments.js'
import { type KnownConfigs, readConfigs } from './read-configs.js'

export interface CliRequest {
  readonly argv: readonly string[]
  readonly system: System
  readonly stdin: AsyncIterable<Uint8Array>
  readonly stdout: OutputStream
  readonly stderr: OutputStream
  readonly signal: AbortSignal
  /** Configuration files that were read for an earlier call of the same batch. */
  readonly knownConfigs?: KnownConfigs
}

/** Runs one call of the command line; usage errors are one line and exit code 2. */
export async function runCli(request: CliRequest): Promise<ExitCode> {
  const programName = request.system.env.get('KRAIT_PROGRAM_NAME') || 'krait'
  try {
    const parsed = await parseArguments(request.argv, commands)
    if (parsed.kind === 'version') return print(request, `${programName} ${version}\n`)
    if (parsed.kind === 'help') {
      const help = parsed.command
        ? commandHelp(parsed.command, programName)
        : programHelp(commands, programName)
      return print(request, help)
    }
    if (parsed.kind === 'topic') {
      const { helpTopic } = await import('./help-topic.js')
      return print(request, await helpTopic(parsed.topic, commands, request.system))
    }
    return await runCommand(parsed, { ...request, programName })
  } catch (error) {
    if (!isBuildError(error)) throw error
    return refuse(error, request, programName)
  }
}

async function runCommand(
  parsed: Extract<Parsed, { kind: 'command' }>,
  request: CliRequest & { readonly programName: string },
): Promise<ExitCode> {
  const settings = await settingsOf(parsed.flags, request)
  const module = await parsed.command.load()
  const { system, stdin, stdout, stderr, signal, programName } = request
  const invocation: Invocation = {
    system,
    stdin,
    stdout,
    stderr,
    signal,
    programName,
    settings,
    positionals: parsed.positionals,
  }
  return module.run(invocation)
}

async function settingsOf(
  flags: Readonly<Record<string, unknown>>,
  { system, knownConfigs = new Map() }: CliRequest,
): Promise<ResolvedSettings> {
  const env = (name: string) => system.env.get(name)
  const configs = await readConfigs(flags, system, knownConfigs)
  return resolveSettings({ flags, env, configs })
}

/** Errors before a command has a reporter: usage, settings, configuration. */
function refuse(error: BuildError, { argv, stderr }: CliRequest, programName: string): ExitCode {
  stderr.write(`error: ${error.message}\n`)
  if (error.hint) stderr.write(`  help: ${error.hint}\n`)
  // The call may have failed before it was clear which command it is for.
  const [command] = argv.flatMap((word) => commands.find(({ name }) => name === word) ?? [])
  if (error.code === 'usage/invalid') stderr.write(`\n${usageLine(programName, command)}\n`)
  return exitCodeInStage(error.code, error.stage)
}

function print({ stdout }: CliRequest, text: string): ExitCode {
  stdout.write(text)
  return 0
}
