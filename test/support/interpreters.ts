/** The programs scripts run with on this machine, and what is missing here. */
import { execFileSync } from 'node:child_process'
import { accessSync, constants, existsSync } from 'node:fs'
import path from 'node:path'

/** `scripts/setup-tests` puts here what no package of the machine brings. */
const place = path.resolve(import.meta.dirname, '../../node_modules/.cache/interpreters')

/** PATH with everything that scripts can run with. */
export const interpreterPath = [path.join(place, 'bin'), process.env.PATH ?? ''].join(path.delimiter)

/** What the environment of a run needs, for wine too. */
export const interpreterEnv = { PATH: interpreterPath, WINEPREFIX: path.join(place, 'wine') }

/** The program that the tests run for real for each interpreter; the others have a stand-in. */
export const realPrograms: Readonly<Record<string, string>> = {
  bash: 'bash',
  cmd: 'wine',
  nu: 'nu',
  python: 'python3',
  perl: 'perl',
  ruby: 'ruby',
  node: 'node',
  rscript: 'Rscript',
}

/** The shells that tests of completion ask. */
const shells: Readonly<Record<string, string>> = { zsh: 'zsh', fish: 'fish', elvish: 'elvish' }

const programs = { ...realPrograms, ...shells }

function isOnPath(program: string): boolean {
  return interpreterPath.split(path.delimiter).some((directory) => {
    try {
      accessSync(path.join(directory, program), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}

/** True when the tests of an interpreter or shell can't run here. In CI everything has to be there. */
export function isMissing(interpreter: string): boolean {
  const program = programs[interpreter]
  if (program === undefined || process.env.CI) return false
  return !isOnPath(program) || (program === 'wine' && !existsSync(interpreterEnv.WINEPREFIX))
}

/** Vitest calls this before the first test and what it returns after the last: who skips or fails for want of a program says so. */
export function setup(): (() => void) | undefined {
  const script = path.resolve(import.meta.dirname, '../../scripts/setup-tests')
  const missing = execFileSync(script, ['--missing'], { encoding: 'utf8' }).trim().split(' ').filter(Boolean)
  if (missing.length === 0) return undefined
  const tell = () =>
    console.warn(
      `tests run ${missing.join(', ')}, which are not installed here: scripts/setup-tests installs them; until then the tests of interpreters and shells are skipped, and others fail`,
    )
  tell()
  return tell
}
