/** Decides where a git source is. */
import { resolve } from 'node:path'
import type { StageContext } from '../../system/index.js'
import { gitFailed } from './errors.js'

/** Local repositories are given relative to the recipe. */
export async function locateRepository(
  git: string,
  recipeDirectory: string,
  context: StageContext,
): Promise<string> {
  if (git.startsWith('-')) throw gitFailed(git, 'the address begins with a dash')
  if (/^[A-Za-z][A-Za-z0-9+.-]*:\/\//.test(git)) return git
  const local = resolve(recipeDirectory, git)
  if ((await context.system.fs.stat(local)) !== undefined) return local
  if (/^[^/]+@[^/:]+:/.test(git) || /^[^/:]+:[^/]/.test(git)) return git
  throw gitFailed(git, `\`${git}\` (resolved to ${local}) does not exist`)
}

/** False for what lies on this machine. */
export function isRemote(url: string): boolean {
  return !url.startsWith('/') && !url.startsWith('file://')
}
