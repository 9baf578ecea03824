/** Completion for nushell. */
import type { CompletedCommand, CompletedFlag } from './model.js'

/** A module: `use completions.nu *`. */
export function nushellCompletion(commands: readonly CompletedCommand[], program: string): string {
  const module = `${program} completions`
  return [
    `module ${JSON.stringify(module)} {`,
    ...commands.flatMap((command) => choiceCommands(command)),
    `  export extern ${JSON.stringify(program)} [`,
    '    --help(-h) # Show help',
    '    --version(-V) # Show the version',
    '  ]',
    ...commands.flatMap((command) => externLines(command, program)),
    '}',
    '',
    `export use ${JSON.stringify(module)} *`,
    '',
  ].join('\n')
}

function choiceCommands({ name, flags, words }: CompletedCommand): readonly string[] {
  const lists = [
    ...flags.flatMap(({ long, value }) => (value?.kind === 'choice' ? [[long, value.choices] as const] : [])),
    ...(words.length > 0 ? [['words', words] as const] : []),
  ]
  return lists.map(
    ([key, choices]) =>
      `  def ${JSON.stringify(`nu ${name} ${key}`)} [] { [${choices.map((text) => JSON.stringify(text)).join(' ')}] }`,
  )
}

function externLines({ name, doc, flags, words }: CompletedCommand, program: string): readonly string[] {
  return [
    '',
    `  # ${doc}`,
    `  export extern ${JSON.stringify(`${program} ${name}`)} [`,
    ...flags.map((flag) => `    ${flagText(flag, name)} # ${flag.doc}`),
    '    --help(-h) # Show help',
    ...(words.length > 0 ? [`    word?: string@${JSON.stringify(`nu ${name} words`)}`] : []),
    '    ...rest: path',
    '  ]',
  ]
}

function flagText({ short, long, value }: CompletedFlag, command: string): string {
  const name = `--${long}${short === undefined ? '' : `(-${short})`}`
  if (value === undefined || value.isOptional) return name
  if (value.kind === 'choice') return `${name}: string@${JSON.stringify(`nu ${command} ${long}`)}`
  return `${name}: ${value.kind === 'text' ? 'string' : 'path'}`
}
