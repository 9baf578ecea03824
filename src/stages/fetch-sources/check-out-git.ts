/** Checks a commit of a git source out (spec: build.md 7.3). */
import { basename, dirname, join } from 'node:path'
import { stripCredentials } from '../../conda/index.js'
import type { RenderedGitSource } from '../../recipe/index.js'
import type { FileSystem } from '../../system/index.js'
import { withLock } from '../install-prefixes/index.js'
import { commitMismatch, gitFailed, gitOffline } from './errors.js'
import {
  type GitWork,
  lockOfDatabase,
  placeOfDatabase,
  prepareDatabase,
  type Repository,
  resolveCommit,
  updateDatabase,
} from './git-database.js'
import { isRemote, locateRepository } from './locate-repository.js'
import { createGit, type Git } from './run-git.js'

export interface GitCheckout {
  /** Full id of the commit that was checked out. */
  readonly commit: string
  /** Absolute; in the cache when it took more than the repository itself, else the directory that was given. */
  readonly directory: string
}

/**
 * Checks the requested commit out, with its history, tags and submodules. Offline only what earlier runs left is used.
 * @param directory does not exist yet
 */
export async function checkOutGit(
  source: RenderedGitSource,
  directory: string,
  work: GitWork,
): Promise<GitCheckout> {
  const { fs } = work.context.system
  const url = await locateRepository(source.git, work.plan.directories.recipe, work.context)
  const shown = stripCredentials(url)
  const git = createGit(shown, work.context)
  const rev = source.rev ?? 'HEAD'
  const isOffline = work.context.system.http.isOffline && isRemote(url)
  const repository: Repository = { url, shown, rev, git, isOffline }
  const database = placeOfDatabase(repository, work)
  // Outputs that are built at the same time, and other calls, share the clone.
  const { commit, kept, isKept } = await withLock(lockOfDatabase(database), work.context, () =>
    bringCommit(source, { directory, database, repository }, work),
  )
  if (isKept) return { commit, directory: kept }
  const hasSubmodules =
    source.submodules !== false && (await checkOutSubmodules({ directory, database, repository }))
  if (source.lfs) await checkOutLargeFiles({ directory, database, repository })
  if (!hasSubmodules && !source.lfs) return { commit, directory }
  // What came from other places than the repository would have to be fetched again.
  await keepCheckout(directory, kept, fs)
  return { commit, directory: kept }
}

/** @param checkout gets a clone at that commit, unless a checkout of it was kept */
async function bringCommit(source: RenderedGitSource, checkout: Checkout, work: GitWork) {
  const { database, repository } = checkout
  await prepareDatabase(database, repository, work)
  await updateDatabase(database, repository, work)
  const commit = await resolveCommit(database, repository)
  if (source.expected_commit !== undefined && source.expected_commit !== commit)
    throw commitMismatch(source.expected_commit, commit, repository.rev)
  const kept = placeOfCheckout(database, commit, source)
  const isKept = (await work.context.system.fs.stat(kept)) !== undefined
  if (!isKept) await cloneAt(commit, checkout, work)
  return { commit, kept, isKept }
}

function placeOfCheckout(database: string, commit: string, source: RenderedGitSource): string {
  const parts = [commit, source.lfs ? '-lfs' : '', source.submodules === false ? '-plain' : '']
  return join(dirname(dirname(database)), 'checkouts', basename(database), parts.join(''))
}

interface Checkout {
  readonly directory: string
  readonly database: string
  readonly repository: Repository
}

async function cloneAt(
  commit: string,
  { directory, database, repository: { git } }: Checkout,
  { plan }: GitWork,
): Promise<void> {
  await git.run(['clone', '--quiet', '--no-checkout', '--', database, directory], plan.directories.output)
  const branch = await defaultBranch(git, directory)
  await git.run(['checkout', '--quiet', '--force', '-B', branch, commit], directory)
}

async function defaultBranch(git: Git, directory: string): Promise<string> {
  const head = await git.tryRun(['symbolic-ref', '--short', 'HEAD'], directory)
  return head.code === 0 && head.stdout !== '' ? head.stdout : 'main'
}

async function keepCheckout(directory: string, kept: string, fs: FileSystem): Promise<void> {
  await fs.makeDirectory(dirname(kept))
  try {
    await fs.rename(directory, kept)
  } catch (error) {
    // Another build was faster; a commit is the same for everybody.
    if ((await fs.stat(kept)) === undefined) throw error
  }
}

/** @returns whether there are any */
async function checkOutSubmodules({ directory, database, repository }: Checkout): Promise<boolean> {
  const { url, shown, rev, git, isOffline } = repository
  const listed = await git.tryRun(['ls-files', '--error-unmatch', '.gitmodules'], directory)
  if (listed.code !== 0) return false
  if (isOffline) throw gitOffline(`the submodules of ${rev}`, shown)
  // Relative addresses of submodules are relative to the real repository, not to our clone of it.
  await git.run(['remote', 'set-url', 'origin', url], directory)
  const protocol = isRemote(url) ? [] : ['-c', 'protocol.file.allow=always']
  await git.run([...protocol, 'submodule', '--quiet', 'update', '--init', '--recursive'], directory)
  await git.run(['remote', 'set-url', 'origin', database], directory)
  return true
}

async function checkOutLargeFiles({ directory, database, repository }: Checkout): Promise<void> {
  const { url, shown, rev, git, isOffline } = repository
  if (isOffline) throw gitOffline(`the large files of ${rev}`, shown)
  await git.run(['remote', 'set-url', 'origin', url], directory)
  const pulled = await git.tryRun(['lfs', 'pull'], directory)
  await git.run(['remote', 'set-url', 'origin', database], directory)
  if (pulled.code !== 0)
    throw gitFailed(shown, `failed to fetch git-lfs files for ${shown} - is \`git-lfs\` installed?`)
}
