/** brush, a bash-compatible shell that a recipe brings along, never the machine's own. */
import type { Interpreter } from '../src/stages/run-script/index.js'

export const brush: Interpreter = {
  names: ['brush'],
  // A .sh file is bash's unless the recipe says otherwise.
  extensions: [],
  packageName: 'brush',
  programs: () => ['brush'],
  scopes: () => ['build'],
  args: (scriptPath) => ['-euxo', 'pipefail', scriptPath],
  join: (commands) => commands.join('\n'),
  inlineExtension: () => 'sh',
}
