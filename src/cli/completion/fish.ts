/** Completion for fish. */
import type { CompletedCommand, CompletedFlag } from './model.js'

/** A file for `~/.config/fish/completions`. */
export function fishCompletion(commands: readonly CompletedCommand[], program: string): string {
  const names = commands.map(({ name }) => name).join(' ')
  const none = quote(`not __fish_seen_subcommand_from ${names}`)
  return [
    `complete -c ${program} -n ${none} -f`,
    `complete -c ${program} -n ${none} -s h -l help -d 'Show help'`,
    `complete -c ${program} -n ${none} -s V -l version -d 'Show the version'`,
    ...commands.map(({ name, doc }) => `complete -c ${program} -n ${none} -f -a ${name} -d ${quote(doc)}`),
    ...commands.flatMap((command) => commandLines(command, program)),
    '',
  ].join('\n')
}

function commandLines({ name, flags, words }: CompletedCommand, program: string): readonly string[] {
  const seen = `__fish_seen_subcommand_from ${name}`
  const first = quote(`${seen}; and not __fish_seen_subcommand_from ${words.join(' ')}`)
  return [
    ...(words.length > 0 ? [`complete -c ${program} -n ${first} -f -a ${quote(words.join(' '))}`] : []),
    `complete -c ${program} -n ${quote(seen)} -l help -d 'Show help'`,
    ...flags.map((flag) => `complete -c ${program} -n ${quote(seen)} ${flagWords(flag)}`),
  ]
}

/** An optional value must not be asked for: fish has no such thing. */
function flagWords({ short, long, doc, value }: CompletedFlag): string {
  const name = `${short === undefined ? '' : `-s ${short} `}-l ${long} -d ${quote(doc)}`
  if (value === undefined || value.isOptional)
    return value?.kind === 'choice' ? `${name} -a ${quote(value.choices.join(' '))}` : name
  const values = {
    choice: `-x -a ${quote(value.choices.join(' '))}`,
    file: '-r -F',
    directory: "-x -a '(__fish_complete_directories)'",
    text: '-x',
  }
  return `${name} ${values[value.kind]}`
}

function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}
