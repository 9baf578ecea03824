/** Lists the tags of a repository without fetching it. */
import { stripCredentials } from '../../conda/index.js'
import type { StageContext } from '../../system/index.js'
import { gitOffline } from './errors.js'
import { isRemote, locateRepository } from './locate-repository.js'
import { createGit } from './run-git.js'

/**
 * @param git a URL, or a path relative to the directory of the recipe
 * @returns the names of all tags, without `refs/tags/`
 * @throws BuildError `source/git-failed`; offline `source/git-offline` for repositories elsewhere
 */
export async function listTags(
  git: string,
  recipeDirectory: string,
  context: StageContext,
): Promise<readonly string[]> {
  const url = await locateRepository(git, recipeDirectory, context)
  const shown = stripCredentials(url)
  if (context.system.http.isOffline && isRemote(url)) throw gitOffline('the tags', shown)
  const listed = await createGit(shown, context).run(
    ['ls-remote', '--tags', '--refs', '--', url],
    recipeDirectory,
  )
  return listed.split('\n').flatMap((line) => line.split('\trefs/tags/')[1] ?? [])
}
