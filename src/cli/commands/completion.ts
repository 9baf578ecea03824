/** `krait completion`: the script that teaches a shell the commands, flags and values. */
import type { ExitCode } from '../../errors/index.js'
import { closest } from '../../text/index.js'
import type { Invocation } from '../command.js'
import { bashCompletion } from '../completion/bash.js'
import { elvishCompletion } from '../completion/elvish.js'
import { fishCompletion } from '../completion/fish.js'
import { completedCommands } from '../completion/model.js'
import { nushellCompletion } from '../completion/nushell.js'
import { powershellCompletion } from '../completion/powershell.js'
import { zshCompletion } from '../completion/zsh.js'
import { optionsConflict, usageError } from '../errors.js'
import { commands } from './index.js'

const shells = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
  powershell: powershellCompletion,
  nushell: nushellCompletion,
  elvish: elvishCompletion,
} as const

/** The shell is the word behind the command, or that of `--shell`. */
export async function run({ positionals, settings, stdout, programName }: Invocation): Promise<ExitCode> {
  const [word, ...more] = positionals
  const { shell } = settings.values
  if (more.length > 0) throw usageError('`krait completion` writes the script of one shell')
  if (word !== undefined && shell !== undefined) throw optionsConflict('--shell', word)
  const name = word ?? shell
  const names = Object.keys(shells)
  if (name === undefined) throw usageError(`the shell is missing: ${names.join(', ')}`)
  if (!Object.hasOwn(shells, name)) {
    const nearest = closest(name, names)
    const hint = nearest === undefined ? undefined : `did you mean \`${nearest}\`?`
    throw usageError(`there is no completion for \`${name}\`, but for ${names.join(', ')}`, hint)
  }
  stdout.write(shells[name as keyof typeof shells](completedCommands(commands, names), programName))
  return 0
}
