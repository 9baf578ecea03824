/** Completion for bash. */
import { type CompletedCommand, type CompletedFlag, spellings } from './model.js'

/** One function; where nothing is known, bash completes files. */
export function bashCompletion(commands: readonly CompletedCommand[], program: string): string {
  const name = `_${program.replaceAll('-', '_')}`
  return [
    `${name}() {`,
    '  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} command= at= word',
    '  # `--flag=value` comes as three words.',
    '  [[ $cur == "=" ]] && cur=',
    '  [[ $prev == "=" ]] && prev=${COMP_WORDS[COMP_CWORD-2]}',
    '  for ((at = 1; at < COMP_CWORD; at++)); do',
    '    word=${COMP_WORDS[at]}',
    `    case $word in ${commands.map((command) => command.name).join('|')}) command=$word; break ;; esac`,
    '  done',
    '  COMPREPLY=()',
    '  case $command in',
    ...commands.flatMap(commandCase),
    '    *)',
    `      COMPREPLY=($(compgen -W '${[...commands.map((command) => command.name), 'help', '--help', '--version'].join(' ')}' -- "$cur")) ;;`,
    '  esac',
    '}',
    `complete -o default -F ${name} ${program}`,
    '',
  ].join('\n')
}

function commandCase({ name, flags, words }: CompletedCommand): readonly string[] {
  const all = [...flags.flatMap(spellings), '--help']
  return [
    `    ${name})`,
    '      case $prev in',
    ...flags.flatMap(valueCase),
    '      esac',
    `      if [[ $cur == -* ]]; then COMPREPLY=($(compgen -W '${all.join(' ')}' -- "$cur"))`,
    ...(words.length > 0
      ? [`      elif ((at == COMP_CWORD - 1)); then COMPREPLY=($(compgen -W '${words.join(' ')}' -- "$cur"))`]
      : []),
    '      fi ;;',
  ]
}

/** A flag that can stand alone completes other flags as well. */
function valueCase(flag: CompletedFlag): readonly string[] {
  if (flag.value === undefined) return []
  const { kind, choices, isOptional } = flag.value
  const pattern = spellings(flag).join('|')
  const guard = isOptional ? '[[ $cur == -* ]] || { ' : ''
  const end = isOptional ? 'return; } ;;' : 'return ;;'
  if (kind === 'choice')
    return [`        ${pattern}) ${guard}COMPREPLY=($(compgen -W '${choices.join(' ')}' -- "$cur")); ${end}`]
  if (kind === 'directory')
    return [`        ${pattern}) ${guard}compopt -o filenames; COMPREPLY=($(compgen -d -- "$cur")); ${end}`]
  return [`        ${pattern}) ${guard}${end}`]
}
