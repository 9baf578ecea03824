/** The native shell on unix; its sections stand inside the generated `conda_build.sh` itself. */
import type { Interpreter } from '../src/stages/run-script/index.js'

export const bash: Interpreter = {
  names: ['bash', 'sh'],
  extensions: ['sh', 'bash'],
  packageName: 'bash',
  programs: () => ['bash'],
  scopes: (platform) => (platform.family === 'win' ? ['build'] : ['build', 'host', 'caller']),
  // A non-interactive bash still runs $BASH_ENV; the generated environment never passes it.
  args: (scriptPath) => ['--noprofile', '--norc', scriptPath],
  join: (commands) => commands.join('\n'),
}
