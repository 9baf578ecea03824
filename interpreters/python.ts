/** Python scripts. */
import type { Interpreter } from '../src/stages/run-script/index.js'
import { lineNumbers } from './line-numbers.js'

export const python: Interpreter = {
  names: ['python'],
  extensions: ['py'],
  packageName: 'python',
  // Debian has no `python`; a conda prefix always has one, and it is looked for first.
  programs: () => ['python', 'python3'],
  scopes: () => ['build', 'host', 'caller'],
  // Without -u, what Python prints comes after the output of the programs it started.
  args: (scriptPath) => ['-u', scriptPath],
  join: (commands) => commands.join('\n'),
  // Tracebacks end with the innermost frame.
  failureLine: (output, scriptPath) =>
    lineNumbers(output, scriptPath, (script) => new RegExp(`^\\s+File "${script}", line (\\d+)`)).at(-1),
}
