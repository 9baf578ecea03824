/** Turns argv into a command and flag values; all flags come from the settings table. */
import type { CommandRow } from './command.js'
import { usageError } from './errors.js'
import { parsePlainCall } from './parse-plain-call.js'
import { refuseEmptyPaths } from './refuse-empty.js'

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
    return parseHelp(argv.slice(1), commands)
  }
  const before = argv.slice(0, argv.includes('--') ? argv.indexOf('--') : argv.length)
  if (before.includes('--help') || before.includes('-h')) {
    if (row === undefined) await refuseOtherWord(argv[0], commands)
    return { kind: 'help', command: row }
  }
  // Of one command it is the version of the recipe.
  const asksOwnVersion = row?.settings.includes('newVersion') !== true && before.includes('--version')
  if (asksOwnVersion || before.includes('-V')) return { kind: 'version' }
  const call = parsePlainCall(argv, commands) ?? (await parseFully(argv, commands))
  refuseEmptyPaths(call, argv)
  return { kind: 'command', ...call }
}

async function parseFully(
  argv: readonly string[],
  commands: readonly CommandRow[],
): Promise<ParsedArguments> {
  const { parseAnyCall } = await import('./parse-any-call.js')
  return parseAnyCall(argv, commands)
}

function parseHelp(words: readonly string[], commands: readonly CommandRow[]): Parsed {
  const [word, ...more] = words.filter((one) => !one.startsWith('-'))
  if (more.length > 0)
    throw usageError(
      `\`krait help\` explains one command or code, and \`${more.join(' ')}\` is more than \`${word}\``,
      `\`krait help ${word}\` tells all about it`,
    )
  const command = commands.find(({ name }) => name === word)
  const isTopic = command === undefined && word !== undefined && word !== 'help'
  return isTopic ? { kind: 'topic', topic: word } : { kind: 'help', command }
}

/** Help for a word that is no command would answer another question, with an exit code that calls it a success. */
async function refuseOtherWord(word: string | undefined, commands: readonly CommandRow[]): Promise<void> {
  if (word === undefined || word.startsWith('-')) return
  await parseFully([word], commands)
}
