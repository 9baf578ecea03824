/** The native shell on Windows; elsewhere it is wine's, for builds with `--build-platform win-64`. */
import type { Interpreter } from '../src/stages/run-script/index.js'

const guard = '@if %errorlevel% neq 0 exit /b %errorlevel%'

export const cmd: Interpreter = {
  names: ['cmd', 'cmd.exe'],
  extensions: ['bat', 'cmd'],
  packageName: 'cmd',
  advice: 'cmd is part of Windows; with wine on PATH, `--build-platform win-64` runs such scripts here',
  programs: () => ['cmd'],
  scopes: (platform) => (platform.family === 'win' ? ['build', 'host', 'caller'] : ['build']),
  // /d: a program that the machine's registry names for every start of cmd is not run.
  args: (scriptPath) => ['/d', '/c', scriptPath],
  join: (commands) => {
    // A lone text stays as it was written: there the author decides which failures count.
    const texts = commands.length > 1 ? commands.flatMap((command) => [command, guard]) : commands
    return `${texts.join('\n').replaceAll(/\r?\n/g, '\r\n')}\r\n`
  },
}
