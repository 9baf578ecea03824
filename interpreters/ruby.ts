/** Ruby scripts. */
import type { Interpreter } from '../src/stages/run-script/index.js'
import { lineNumbers } from './line-numbers.js'

export const ruby: Interpreter = {
  names: ['ruby'],
  extensions: ['rb'],
  packageName: 'ruby',
  programs: () => ['ruby'],
  scopes: () => ['build', 'host', 'caller'],
  args: (scriptPath) => [scriptPath],
  join: (commands) => commands.join('\n'),
  // `x.rb:3:in 'f': boom (RuntimeError)`: the innermost place comes first, its callers follow.
  failureLine: (output, scriptPath) =>
    lineNumbers(output, scriptPath, (script) => new RegExp(`^(?:\\s+from )?${script}:(\\d+):`))[0],
}
