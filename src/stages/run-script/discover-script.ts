/** Finds the build script of a recipe that names none (spec: build.md 3.3). */
import path from 'node:path'
import type { Platform } from '../../conda/index.js'
import type { StageContext } from '../../system/index.js'
import { severalBuildScripts } from './errors.js'

const unixScripts = ['build.sh', 'build.bash']
// conda-build's own name comes last.
const windowsScripts = ['build.bat', 'build.cmd', 'build.ps1', 'bld.bat']
const portable = [
  'build.nu',
  'build.py',
  'build.pl',
  'build.rb',
  'build.js',
  'build.mjs',
  'build.cjs',
  'build.R',
  'build.r',
  'build.ps1',
]

/**
 * The script beside the recipe: a native one wins, a portable one must be the only one.
 * @param platform the one the script runs on
 */
export async function discoverScript(
  directory: string,
  platform: Platform,
  context: Pick<StageContext, 'system' | 'emit'>,
): Promise<string | undefined> {
  const names = new Set(await context.system.fs.list(directory))
  const isPresent = (name: string) => names.has(name)
  const isWindows = platform.family === 'win'
  const native = (isWindows ? windowsScripts : unixScripts).find(isPresent)
  const others = portable.filter((name) => isPresent(name) && name !== native)
  const say = (text: string) => context.emit({ type: 'note', text })
  if (native !== undefined) {
    if (others.length > 0) say(`${native} is the build script; ignored: ${others.join(', ')}`)
    return path.join(directory, native)
  }
  if (others.length > 1) throw severalBuildScripts(others, directory)
  const [only] = others
  if (only !== undefined) return path.join(directory, only)
  const foreign = (isWindows ? unixScripts : windowsScripts).filter(isPresent)
  if (foreign.length > 0) {
    const advice = isWindows ? '' : '; `--build-platform win-64` runs it with wine'
    say(`no script for ${platform.subdir}, only ${foreign.join(', ')}${advice}`)
  }
  return undefined
}
