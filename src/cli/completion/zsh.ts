/** Completion for zsh. */
import { type CompletedCommand, type CompletedFlag, spellings } from './model.js'

/** A file for a directory of `fpath`, which can also be sourced after `compinit`. */
export function zshCompletion(commands: readonly CompletedCommand[], program: string): string {
  const name = `_${program}`
  return [
    `#compdef ${program}`,
    '',
    `${name}() {`,
    '  local context state line curcontext="$curcontext"',
    '  local -A opt_args',
    "  _arguments -C '(- *)'{-h,--help}'[show help]' '(- *)'{-V,--version}'[show the version]' '1: :->command' '*:: :->words'",
    '  case $state in',
    '    command)',
    '      local -a commands=(',
    ...commands.map(({ name: own, doc }) => `        ${quote(`${own}:${doc.replaceAll(':', '\\:')}`)}`),
    '      )',
    "      _describe -t commands 'command' commands ;;",
    '    words)',
    '      case $line[1] in',
    ...commands.flatMap(commandCase),
    '      esac ;;',
    '  esac',
    '}',
    '',
    `if [[ $funcstack[1] == ${name} ]]; then ${name} "$@"; else compdef ${name} ${program}; fi`,
    '',
  ].join('\n')
}

function commandCase({ name, flags, words }: CompletedCommand): readonly string[] {
  const rest =
    words.length > 0
      ? [quote(`1:word:(${words.join(' ')})`), quote('*:file:_files')]
      : [quote('*:file:_files')]
  const lines = [...flags.map(flagSpec), quote('(- *)--help[show help]'), ...rest]
  return [`        ${name})`, `          _arguments -S ${lines.join(' \\\n            ')} ;;`]
}

function flagSpec(flag: CompletedFlag): string {
  const doc = `[${flag.doc.replace(/[[\]:\\]/g, '\\$&')}]`
  const value = flag.value === undefined ? '' : valueSpec(flag.value)
  const names = spellings(flag)
  const spec = (own: string) => quote(`*${own}${flag.value && own.startsWith('--') ? '=' : ''}${doc}${value}`)
  return names.map(spec).join(' ')
}

function valueSpec({ kind, choices, isOptional }: NonNullable<CompletedFlag['value']>): string {
  const action = { choice: `(${choices.join(' ')})`, file: '_files', directory: '_files -/', text: ' ' }[kind]
  return `${isOptional ? '::' : ':'}value:${action}`
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
