/** Perl scripts. */
import type { Interpreter } from '../src/stages/run-script/index.js'
import { lineNumbers } from './line-numbers.js'

export const perl: Interpreter = {
  names: ['perl'],
  extensions: ['pl'],
  packageName: 'perl',
  programs: () => ['perl'],
  scopes: () => ['build', 'host', 'caller'],
  args: (scriptPath) => [scriptPath],
  join: (commands) => commands.join('\n'),
  // Warnings look the same as the last words, and a trace of callers nearly so.
  failureLine: (output, scriptPath) =>
    lineNumbers(
      output,
      scriptPath,
      (script) => new RegExp(`^(?!\\s.* called at).* at ${script} line (\\d+)`),
    ).at(-1),
}
