/** Completion for PowerShell. */
import { type CompletedCommand, flagChoices, spellings } from './model.js'

/** For the profile: `krait completion powershell | Out-String | Invoke-Expression`. */
export function powershellCompletion(commands: readonly CompletedCommand[], program: string): string {
  return [
    `Register-ArgumentCompleter -Native -CommandName ${quote(program)} -ScriptBlock {`,
    '  param($wordToComplete, $commandAst, $cursorPosition)',
    '  $words = @($commandAst.CommandElements | Select-Object -Skip 1 | ForEach-Object { "$_" })',
    '  $before = @($words | Where-Object { $_ -ne $wordToComplete })',
    "  $previous = if ($before.Count -gt 0) { $before[-1] } else { '' }",
    '  $commands = [ordered]@{',
    ...commands.map(({ name, doc }) => `    ${quote(name)} = ${quote(doc)}`),
    '  }',
    '  $command = $before | Where-Object { $commands.Contains($_) } | Select-Object -First 1',
    '  $choices = switch ("$command $previous") {',
    ...commands.flatMap(choiceLines),
    '    default { switch ($command) {',
    ...commands.map(wordLines),
    '      default { $commands.Keys }',
    '    } }',
    '  }',
    '  $choices | Where-Object { $_ -like "$wordToComplete*" } | ForEach-Object {',
    '    $doc = if (-not $command -and $commands.Contains($_)) { $commands[$_] } else { $_ }',
    "    [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $doc)",
    '  }',
    '}',
    '',
  ].join('\n')
}

function choiceLines(command: CompletedCommand): readonly string[] {
  return flagChoices(command).map(
    ({ spelling, choices }) => `    ${quote(`${command.name} ${spelling}`)} { ${list(choices)} }`,
  )
}

function wordLines({ name, flags, words }: CompletedCommand): string {
  return `      ${quote(name)} { ${list([...words, ...flags.flatMap(spellings), '--help'])} }`
}

function list(texts: readonly string[]): string {
  return texts.map(quote).join(', ')
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}
