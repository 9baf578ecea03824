/** Finds the build script of a recipe that names none (spec: build.md 3.3). */
import path from 'node:path'
import type { System } from '../../system/index.js'
import { severalBuildScripts } from './errors.js'

const native = ['build.sh', 'build.bash']
const portable = [
  'build.nu',
  'build.py',
  'build.pl',
  'build.rb',
  'build.js',
  'build.R',
  'build.r',
  'build.ps1',
]

/** The script beside the recipe: a native one wins, a portable one must be the only one. */
export async function discoverScript(directory: string, system: System): Promise<string | undefined> {
  const names = new Set(await system.fs.list(directory))
  const shell = native.find((name) => names.has(name))
  if (shell) return path.join(directory, shell)
  const found = portable.filter((name) => names.has(name))
  if (found.length > 1) throw severalBuildScripts(found, directory)
  return found[0] && path.join(directory, found[0])
}
