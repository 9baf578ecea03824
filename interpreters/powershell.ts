/** PowerShell scripts. */
import type { Interpreter } from '../src/stages/run-script/index.js'

export const powershell: Interpreter = {
  names: ['powershell', 'pwsh'],
  extensions: ['ps1'],
  packageName: 'powershell',
  programs: (platform) => (platform.family === 'win' ? ['pwsh', 'powershell'] : ['pwsh']),
  scopes: (platform) => (platform.family === 'win' ? ['build', 'host', 'caller'] : ['build']),
  args: (_, launcherPath) => [
    ...['-NoLogo', '-NoProfile', '-NonInteractive', '-ExecutionPolicy', 'Bypass'],
    ...['-File', launcherPath],
  ],
  join: (commands) => commands.join('\n'),
  launcher: (scriptPath) => `${preamble}. '${scriptPath.replaceAll("'", "''")}'\n`,
}

/** Errors end the script, those of programs too; environment variables can be read as `$NAME`. */
const preamble = `$ErrorActionPreference = 'Stop'
$PSNativeCommandUseErrorActionPreference = $true
if ($PSVersionTable.PSVersion -lt [version]'7.4') {
  [Console]::Error.WriteLine('PowerShell 7.4 or newer is needed to notice programs that fail')
}
foreach ($entry in Get-ChildItem env:) {
  if (-not (Test-Path -LiteralPath "variable:$($entry.Name)")) {
    Set-Variable -Name $entry.Name -Value $entry.Value
  }
}
`
