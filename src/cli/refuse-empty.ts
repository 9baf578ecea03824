/** Refuses empty words where a path belongs: joined to the current directory they would silently mean that one. */
import { type Setting, settingTable } from '../settings/index.js'
import { usageError } from './errors.js'
import type { ParsedArguments } from './parse-arguments.js'

/** @throws BuildError `usage/invalid` that names the flag, or the arguments of the command */
export function refuseEmptyPaths(
  { command, positionals, flags }: ParsedArguments,
  argv: readonly string[],
): void {
  for (const [key, value] of Object.entries(flags)) {
    const setting: Setting | undefined = settingTable[key as keyof typeof settingTable]
    if (setting === undefined || !namesPlace(setting)) continue
    if ([value].flat().includes('')) throw emptyPath(`the value of \`${longName(setting)}\``)
  }
  // What stands behind `--` belongs to another program.
  const ends = argv.indexOf('--')
  const own = ends < 0 ? positionals : positionals.slice(0, positionals.length - (argv.length - ends - 1))
  if (own.includes('')) throw emptyPath(`an argument of \`krait ${command.name}\``)
}

function namesPlace({ flags }: Setting): boolean {
  return /[<[](?:path|dir|file|channel|package)[>\]]/.test(flags)
}

function longName({ flags }: Setting): string {
  return /--[\w-]+/.exec(flags)?.[0] ?? flags
}

function emptyPath(what: string) {
  return usageError(
    `${what} is empty`,
    'the current directory is `.`; a variable that is not set gives an empty word, too',
  )
}
