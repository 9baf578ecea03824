/** Nushell scripts. */
import type { Interpreter } from '../src/stages/run-script/index.js'
import { lineNumbers } from './line-numbers.js'

export const nu: Interpreter = {
  names: ['nu', 'nushell'],
  extensions: ['nu'],
  packageName: 'nushell',
  programs: () => ['nu'],
  scopes: () => ['build', 'host', 'caller'],
  // In place of the user's configuration, and of the history in the user's home.
  args: (scriptPath, launcherPath) => [
    ...['--no-history', '--config', launcherPath, '--env-config', launcherPath],
    scriptPath,
  ],
  join: (commands) => commands.join('\n'),
  // Without it a program that fails ends the script silently.
  launcher: () => '$env.config.display_errors.exit_code = true\n',
  // `,-[/work/x.nu:3:5]`, or the same with box characters.
  failureLine: (output, scriptPath) =>
    lineNumbers(output, scriptPath, (script) => new RegExp(`\\[${script}:(\\d+):\\d+\\]`)).at(-1),
}
