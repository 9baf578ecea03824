/** Completion for elvish. */
import { type CompletedCommand, flagChoices, spellings } from './model.js'

/** For `rc.elv`: `eval (krait completion elvish | slurp)`. */
export function elvishCompletion(commands: readonly CompletedCommand[], program: string): string {
  return [
    `set edit:completion:arg-completer[${program}] = {|@words|`,
    '  var commands = [',
    ...commands.map(
      ({ name, flags, words }) => `    &${name}=[${list([...words, ...flags.flatMap(spellings), '--help'])}]`,
    ),
    '  ]',
    '  var choices = [',
    ...commands.flatMap(choiceLines),
    '  ]',
    '  var command = [(for word $words[1..-1] { if (has-key $commands $word) { put $word } } | take 1)]',
    '  if (eq $command []) {',
    '    keys $commands',
    '  } else {',
    '    var asked = $command[0]" "$words[-2]',
    '    if (has-key $choices $asked) {',
    '      all $choices[$asked]',
    '    } else {',
    '      all $commands[$command[0]]',
    '      edit:complete-filename $@words',
    '    }',
    '  }',
    '}',
    '',
  ].join('\n')
}

function choiceLines(command: CompletedCommand): readonly string[] {
  return flagChoices(command).map(
    ({ spelling, choices }) => `    &${quote(`${command.name} ${spelling}`)}=[${list(choices)}]`,
  )
}

function list(texts: readonly string[]): string {
  return texts.map(quote).join(' ')
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}
