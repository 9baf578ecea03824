/** Copies a commit of a repository, without its history (spec: build.md 7.3). */
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { RenderedGitSource } from '../../recipe/index.js'
import { checkOutGit } from './check-out-git.js'
import { copyTree } from './copy-tree.js'
import { type Fetched, type Fetching, sourceName, toJson, withoutCredentials } from './fetching.js'

/** @param target absolute, inside the work directory */
export async function fetchGitSource(
  source: RenderedGitSource,
  target: string,
  fetching: Fetching,
): Promise<Fetched> {
  const { plan, context, tree } = fetching
  const { fs } = context.system
  const checkout = await fs.makeTempDirectory(plan.directories.build, '.checkout-')
  try {
    const { commit, directory } = await checkOutGit(source, join(checkout, 'tree'), { plan, context })
    const request = { from: directory, to: target, source: sourceName(source), filter: source.filter }
    const files = await copyTree({ ...request, useGitignore: false, never: [] }, tree, context)
    const used = withoutCredentials({ ...toJson(source), rev: commit })
    const sha256 = createHash('sha256').update(JSON.stringify(used)).digest('hex')
    return { fetched: { source: used, sha256, files }, from: 'network' }
  } finally {
    await fs.remove(checkout)
  }
}
