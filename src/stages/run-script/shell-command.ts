/** The command that starts the wrapper: bash, or cmd, which on a machine that is not Windows is wine's. */
import path from 'node:path'
import type { Command, StageContext } from '../../system/index.js'
import type { EnvVars } from './environment/env-vars.js'
import type { EnvFacts } from './environment/facts.js'
import { programNotFoundOnPath } from './errors.js'

/** Runs `conda_build.sh` or `conda_build.bat` of the work directory. */
export async function shellCommand(
  facts: EnvFacts,
  env: EnvVars,
  { system }: Pick<StageContext, 'system'>,
): Promise<Command> {
  const search = (facts.caller.PATH ?? facts.caller.Path ?? '').split(path.delimiter)
  const directories = search.filter((entry) => path.isAbsolute(entry))
  const find = async (name: string) => {
    const program = await system.process.find(name, directories)
    if (program === undefined) throw programNotFoundOnPath(name, directories)
    return program
  }
  const cwd = facts.work
  if (facts.platforms.build.family !== 'win') {
    const args = ['--noprofile', '--norc', path.join(facts.work, 'conda_build.sh')]
    return { program: await find('bash'), args, cwd, env }
  }
  // A relative name: nothing has to be quoted for cmd.
  const args = ['/d', '/c', 'conda_build.bat']
  if (path.sep === '\\') return { program: facts.caller.ComSpec ?? (await find('cmd.exe')), args, cwd, env }
  return { program: await find('wine'), args: ['cmd.exe', ...args], cwd, env: { ...wineVars(facts), ...env } }
}

/** What a person types to run the script again. */
export function manualCommand(facts: EnvFacts): string | undefined {
  if (facts.platforms.build.family !== 'win') return undefined
  return path.sep === '\\' ? 'conda_build.bat' : 'wine cmd.exe /d /c conda_build.bat'
}

/** What wine itself needs; it hides PATH and HOME from the programs it runs. */
function wineVars({ caller }: EnvFacts): EnvVars {
  const names = ['PATH', 'HOME', 'WINEPREFIX', 'WINEARCH', 'WINESERVER', 'WINELOADER']
  const own = names.flatMap((name) => (caller[name] === undefined ? [] : [[name, caller[name]] as const]))
  return {
    ...Object.fromEntries(own),
    WINEDEBUG: '-all',
    // No window asks whether to download Mono and Gecko when wine sets itself up.
    WINEDLLOVERRIDES: 'mscoree=;mshtml=;winemenubuilder.exe=',
    LC_ALL: 'C.UTF-8',
  }
}
