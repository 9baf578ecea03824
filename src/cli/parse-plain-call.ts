/** Reads the calls that scripts make, `COMMAND` and whole flags; a full parser takes longer to set up than a rendering. */
import { type Setting, settingTable } from '../settings/index.js'
import type { CommandRow } from './command.js'
import type { ParsedArguments } from './parse-arguments.js'

/** What was asked for; undefined when anything is unusual, be it right or wrong, for the full parser to decide. */
export function parsePlainCall(
  argv: readonly string[],
  commands: readonly CommandRow[],
): ParsedArguments | undefined {
  const command = commands.find(({ name }) => name === argv[0])
  if (command === undefined) return undefined
  const known = flagsOf(command)
  const flags: Record<string, unknown> = {}
  const positionals: string[] = []
  for (let at = 1; at < argv.length; at += 1) {
    const word = argv[at] ?? ''
    if (!word.startsWith('-')) {
      positionals.push(word)
      continue
    }
    const flag = known.get(word)
    if (flag === undefined) return undefined
    if (flag.takesValue) at += 1
    const value = flag.takesValue ? argv[at] : true
    if (value === undefined) return undefined
    flags[flag.key] = combine(flags[flag.key], value, flag.setting)
  }
  const mostPositionals = command.argument?.includes('...') ? Number.POSITIVE_INFINITY : 0
  return positionals.length > mostPositionals ? undefined : { command, positionals, flags }
}

interface KnownFlag {
  readonly key: string
  readonly setting: Setting
  readonly takesValue: boolean
}

/** By command, because a batch asks for the same again and again. */
const knownFlags = new WeakMap<CommandRow, ReadonlyMap<string, KnownFlag>>()

function flagsOf(command: CommandRow): ReadonlyMap<string, KnownFlag> {
  const known = knownFlags.get(command) ?? new Map(command.settings.flatMap(spellings))
  knownFlags.set(command, known)
  return known
}

/** `-r, --recipe <path>` under both its names; a flag whose values may be none or many is not plain. */
function spellings(key: CommandRow['settings'][number]): [string, KnownFlag][] {
  const setting: Setting = settingTable[key]
  if (/\[|\.\.\./.test(setting.flags)) return []
  const flag = { key, setting, takesValue: setting.flags.includes('<') }
  return [...setting.flags.matchAll(/--?[A-Za-z][\w-]*/g)].map(([name]) => [name, flag])
}

function combine(previous: unknown, value: string | true, { kind }: Setting): unknown {
  if (kind === 'count') return 1
  return kind === 'list' ? [...(Array.isArray(previous) ? previous : []), value] : value
}
