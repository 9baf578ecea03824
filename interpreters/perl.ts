/** Perl scripts. */
import type { Interpreter } from '../src/stages/run-script/index.js'

export const perl: Interpreter = {
  names: ['perl'],
  extensions: ['pl'],
  packageName: 'perl',
  programs: () => ['perl'],
  scopes: () => ['build', 'host', 'caller'],
  args: (scriptPath) => [scriptPath],
  join: (commands) => commands.join('\n'),
}
