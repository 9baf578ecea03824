/** Starts the script of an earlier build, or a shell in its place, from the files that the build left behind. */
import path from 'node:path'
import type { Command, StageContext } from '../../system/index.js'
import type { Platforms } from '../plan-builds/index.js'
import { readActivation } from './activation.js'
import { callerEnvVars } from './environment/env-vars.js'
import type { Isolation } from './environment/facts.js'
import { noShellHere, programNotFoundOnPath } from './errors.js'
import { quote, quoteExpanding } from './shell-quote.js'

export interface RerunRequest {
  /** Absolute. */
  readonly work: string
  readonly platforms: Platforms
  readonly isolation: Isolation
  /** Values by name; they are only in the environment of the process. */
  readonly secrets: Readonly<Record<string, string>>
}

/** Runs `conda_build.sh` as it lies in the work directory. @param trace shows every line before it runs */
export async function rerunCommand(
  request: RerunRequest,
  trace: boolean,
  context: Pick<StageContext, 'system'>,
): Promise<Command> {
  const script = path.join(request.work, 'conda_build.sh')
  const args = ['--noprofile', '--norc', ...(trace ? ['-x'] : []), script]
  return bash(args, request, context)
}

/**
 * A shell in the work directory that has sourced `build_env.sh`. @param typed what it reads when nobody sits in front of
 * it; without, it reads from the terminal
 */
export async function shellAgain(
  request: RerunRequest,
  typed: string | undefined,
  context: Pick<StageContext, 'system'>,
): Promise<Command> {
  const setup = path.join(request.work, 'build_env.sh')
  if (typed === undefined) return bash(['--noprofile', '--rcfile', setup, '-i'], request, context)
  const command = await bash(['--noprofile', '--norc', '-s'], request, context)
  return { ...command, input: `source ${quote(setup)}\n${typed}` }
}

async function bash(
  args: readonly string[],
  { work, platforms, isolation, secrets }: RerunRequest,
  { system }: Pick<StageContext, 'system'>,
): Promise<Command> {
  if (platforms.build.family === 'win') throw noShellHere(platforms.build.subdir)
  const caller = system.env.all()
  const PATH = caller.PATH ?? ''
  const directories = PATH.split(path.delimiter).filter((entry) => path.isAbsolute(entry))
  const program = await system.process.find('bash', directories)
  if (program === undefined) throw programNotFoundOnPath('bash', directories)
  const terminal = caller.TERM === undefined ? {} : { TERM: caller.TERM }
  const env = { ...callerEnvVars({ caller, isolation, platforms }), PATH, ...terminal, ...secrets }
  return { program, args, cwd: work, env }
}

/** Appends to `build_env.sh` what packages that were added to a prefix later want to be sourced or set. */
export async function refreshBuildEnv(
  request: { readonly work: string; readonly prefix: string; readonly family: string },
  context: Pick<StageContext, 'system' | 'emit'>,
): Promise<void> {
  const { fs } = context.system
  const file = path.join(request.work, 'build_env.sh')
  if ((await fs.stat(file)) === undefined) return
  const { prefix, family } = request
  const { variables, scripts } = await readActivation(prefix, { family, scriptExtension: '.sh' }, context)
  const lines = [
    ...variables.map(([name, value]) => `export ${name}=${quoteExpanding(value)}`),
    ...scripts.map((script) => `. ${quote(script)}`),
  ]
  const known = new Set((await fs.readText(file)).split('\n'))
  const added = lines.filter((line) => !known.has(line))
  if (added.length > 0) await fs.appendFile(file, `${added.join('\n')}\n`)
}
