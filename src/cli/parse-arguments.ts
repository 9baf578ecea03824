/** Turns argv into a command and flag values; all flags come from the settings table. */
import type { CommandRow } from './command.js'
import { parsePlainCall } from './parse-plain-call.js'

export interface ParsedArguments {
  readonly command: CommandRow
  readonly positionals: readonly string[]
  /** By setting key; only what was given. */
  readonly flags: Readonly<Record<string, unknown>>
}

/** What was asked for: a command, help, or the version. */
export type Parsed =
  | ({ readonly kind: 'command' } & ParsedArguments)
  | { readonly kind: 'help'; readonly command: CommandRow | undefined }
  /** The code of an error or warning. */
  | { readonly kind: 'topic'; readonly topic: string }
  | { readonly kind: 'version' }

/** Rejects with `usage/...` and a suggestion when an option or command is unknown. */
export async function parseArguments(
  argv: readonly string[],
  commands: readonly CommandRow[],
): Promise<Parsed> {
  const first = argv.find((word) => commands.some(({ name }) => name === word))
  const row = commands.find(({ name }) => name === first)
  if (argv.length === 0 || argv[0] === 'help') {
    return parseHelp(argv[1], commands)
  }
  const before = argv.slice(0, argv.includes('--') ? argv.indexOf('--') : argv.length)
  if (before.includes('--help') || before.includes('-h')) return { kind: 'help', command: row }
  // Of one command it is the version of the recipe.
  const asksOwnVersion = row?.settings.includes('newVersion') !== true && before.includes('--version')
  if (asksOwnVersion || before.includes('-V')) return { kind: 'version' }
  const plain = parsePlainCall(argv, commands)
  if (plain) return { kind: 'command', ...plain }
  const { parseAnyCall } = await import('./parse-any-call.js')
  return { kind: 'command', ...parseAnyCall(argv, commands) }
}

function parseHelp(word: string | undefined, commands: readonly CommandRow[]): Parsed {
  const command = commands.find(({ name }) => name === word)
  const isTopic = command === undefined && word !== undefined && !word.startsWith('-') && word !== 'help'
  return isTopic ? { kind: 'topic', topic: word } : { kind: 'help', command }
}
