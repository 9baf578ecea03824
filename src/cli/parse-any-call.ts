/** Turns argv into a command and flag values with every spelling that people know, and words mistakes. */
import { Command, CommanderError, Option } from 'commander'
import { type Setting, type SettingKey, settingTable } from '../settings/index.js'
import type { CommandRow } from './command.js'
import { usageError } from './errors.js'
import type { ParsedArguments } from './parse-arguments.js'

/** @throws BuildError `usage/...` with a suggestion when an option or command is unknown */
export function parseAnyCall(argv: readonly string[], commands: readonly CommandRow[]): ParsedArguments {
  let parsed: ParsedArguments | undefined
  const program = quietCommand(new Command('krait'))
  for (const row of commands) {
    const command = quietCommand(program.command(row.name))
    for (const argument of row.argument?.split(' ') ?? []) command.argument(argument)
    // The options of the other commands are not going to be asked for.
    if (!argv.includes(row.name)) continue
    for (const key of row.settings) command.addOption(toOption(key, settingTable[key]))
    command.action(() => {
      parsed = { command: row, positionals: command.args, flags: withKeys(command.opts(), row) }
    })
  }
  for (const [key, setting] of globalSettings()) program.addOption(toOption(key, setting))
  try {
    program.parse(argv, { from: 'user' })
  } catch (error) {
    if (error instanceof CommanderError) throw usageError(error.message.replace(/^error: /, ''))
    throw error
  }
  if (parsed === undefined) throw usageError('a command is missing')
  return { ...parsed, flags: { ...withKeys(program.opts(), undefined), ...parsed.flags } }
}

/** No printing, no process.exit: errors come back as exceptions. */
function quietCommand(command: Command): Command {
  return command
    .exitOverride()
    .helpOption(false)
    .helpCommand(false)
    .allowExcessArguments(false)
    .configureOutput({ writeErr: () => {}, writeOut: () => {} })
}

function globalSettings(): [string, Setting][] {
  return Object.entries(settingTable).filter(
    ([, { group, flags }]) => /^(?:Messages|Network)$/.test(group) && flags !== '',
  )
}

function toOption(key: string, setting: Setting): Option {
  const option = new Option(setting.flags, setting.doc)
  option.attributeName = () => key
  if (setting.kind === 'list') {
    option.argParser((value: string, previous: readonly string[] | undefined) => [...(previous ?? []), value])
  }
  if (setting.kind === 'count') option.argParser(() => 1)
  // Commander reads `--no-x` as the negation of `--x`; in this table it is a switch like any other.
  option.negate = false
  return option
}

function withKeys(values: Record<string, unknown>, row: CommandRow | undefined): Record<string, unknown> {
  const keys = row?.settings ?? (Object.keys(settingTable) as SettingKey[])
  return Object.fromEntries(keys.flatMap((key) => (values[key] === undefined ? [] : [[key, values[key]]])))
}
