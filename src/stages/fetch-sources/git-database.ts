/** The clone of a repository that all builds share, and which commit of it is meant (spec: build.md 7.3). */
import { createHash } from 'node:crypto'
import { basename, dirname, join } from 'node:path'
import type { StageContext } from '../../system/index.js'
import { gitCacheDamaged, gitNotUpdated, gitOffline, gitRefMissing } from './errors.js'
import type { Git } from './run-git.js'
import type { SourcePlan } from './types.js'

/** A repository and what is wanted of it. */
export interface Repository {
  readonly url: string
  /** Without credentials. */
  readonly shown: string
  readonly rev: string
  readonly git: Git
  /** Nothing may be fetched from it. */
  readonly isOffline: boolean
}

/** For whom git runs. */
export interface GitWork {
  readonly plan: SourcePlan
  readonly context: StageContext
}

/** The directory of the clone that all builds share; absolute. */
export function placeOfDatabase({ shown }: Repository, { plan }: GitWork): string {
  // Who may read a repository says nothing about what is in it.
  const key = createHash('sha256').update(shown).digest('hex').slice(0, 16)
  return join(plan.directories.output, 'src_cache', 'git', 'db', key)
}

/** Whoever holds it may change the clone, or copy it. */
export function lockOfDatabase(database: string): string {
  return join(dirname(dirname(database)), 'locks', `${basename(database)}.lock`)
}

/** Makes the clone; a damaged one is made again. */
export async function prepareDatabase(
  database: string,
  { url, shown, rev, git, isOffline }: Repository,
  { plan, context }: GitWork,
): Promise<void> {
  const { fs } = context.system
  if ((await fs.stat(database)) !== undefined) {
    const isWhole =
      (await fs.stat(join(database, '.git'))) !== undefined &&
      (await git.tryRun(['rev-parse', '--git-dir'], database)).stdout === '.git' &&
      (await git.tryRun(['rev-parse', '--verify', '--quiet', 'HEAD^{tree}'], database)).code === 0
    if (isWhole) return
    if (isOffline) throw gitOffline(rev, shown)
    context.emit({ type: 'warning', output: plan.id, ...gitCacheDamaged(database) })
    await fs.remove(database)
  }
  if (isOffline) throw gitOffline(rev, shown)
  await fs.makeDirectory(dirname(database))
  const temporary = `${database}.tmp`
  await fs.remove(temporary)
  try {
    await git.run(['clone', '--quiet', '--no-checkout', '--', url, temporary], dirname(database))
    await fs.rename(temporary, database)
  } finally {
    await fs.remove(temporary)
  }
}

const wholeCommit = /^[0-9a-f]{40}$/

/** A commit that is there already cannot change; everything else is asked for again. */
export async function updateDatabase(
  database: string,
  { rev, shown, git, url, isOffline }: Repository,
  { plan, context }: GitWork,
): Promise<void> {
  if (wholeCommit.test(rev)) {
    const known = await git.tryRun(['cat-file', '-e', `${rev}^{commit}`], database)
    if (known.code === 0) return
  }
  if (isOffline) {
    if (wholeCommit.test(rev)) throw gitOffline(rev, shown)
    const mayMove = !rev.startsWith('refs/tags/')
    if (mayMove) context.emit({ type: 'warning', output: plan.id, ...gitNotUpdated(rev, shown) })
    return
  }
  // The clone may have been made with other credentials.
  await git.run(['remote', 'set-url', 'origin', url], database)
  const refs = ['+refs/heads/*:refs/remotes/origin/*', '+refs/tags/*:refs/tags/*']
  await git.run(['fetch', '--quiet', '--prune', '--force', 'origin', ...refs], database)
  await git.tryRun(['remote', 'set-head', 'origin', '--auto'], database)
}

/** Full id of the commit that the repository is asked for. */
export async function resolveCommit(
  database: string,
  { rev, shown, git, isOffline }: Repository,
): Promise<string> {
  const branch = rev.replace(/^refs\/heads\//, '')
  const candidates =
    rev.toUpperCase() === 'HEAD'
      ? ['refs/remotes/origin/HEAD', 'HEAD']
      : rev.startsWith('refs/heads/')
        ? [`refs/remotes/origin/${branch}`]
        : rev.startsWith('refs/')
          ? [rev]
          : [`refs/remotes/origin/${rev}`, `refs/tags/${rev}`, rev]
  for (const candidate of candidates.filter((name) => !name.startsWith('-'))) {
    const found = await git.tryRun(['rev-parse', '--verify', '--quiet', `${candidate}^{commit}`], database)
    if (found.code === 0) return found.stdout
  }
  throw isOffline ? gitOffline(rev, shown) : gitRefMissing(rev, shown)
}
