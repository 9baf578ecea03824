/** Runs git: clones, finds commits, checks out, applies binary patches (spec: build.md 7.3). */
import { createHash } from 'node:crypto'
import { basename, dirname, join, resolve } from 'node:path'
import { stripCredentials } from '../../conda/index.js'
import type { RenderedGitSource } from '../../recipe/index.js'
import type { StageContext } from '../../system/index.js'
import {
  commitMismatch,
  gitCacheDamaged,
  gitFailed,
  gitNotUpdated,
  gitOffline,
  gitRefMissing,
  patchFailed,
} from './errors.js'
import type { SourcePlan } from './types.js'

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
  const database = await prepareDatabase(repository, work)
  await updateDatabase(database, repository, work)
  const commit = await resolveCommit(database, repository)
  if (source.expected_commit !== undefined && source.expected_commit !== commit)
    throw commitMismatch(source.expected_commit, commit, rev)
  const kept = placeOfCheckout(database, commit, source)
  if ((await fs.stat(kept)) !== undefined) return { commit, directory: kept }
  await git.run(
    ['clone', '--quiet', '--no-checkout', '--', database, directory],
    work.plan.directories.output,
  )
  const branch = await defaultBranch(git, directory)
  await git.run(['checkout', '--quiet', '--force', '-B', branch, commit], directory)
  const checkout = { directory, database, repository }
  const hasSubmodules = source.submodules !== false && (await checkOutSubmodules(checkout))
  if (source.lfs) await checkOutLargeFiles(checkout)
  if (!hasSubmodules && !source.lfs) return { commit, directory }
  // What came from other places than the repository would have to be fetched again.
  await fs.makeDirectory(dirname(kept))
  try {
    await fs.rename(directory, kept)
  } catch (error) {
    // Another build was faster; a commit is the same for everybody.
    if ((await fs.stat(kept)) === undefined) throw error
  }
  return { commit, directory: kept }
}

/** A repository and what is wanted of it. */
interface Repository {
  readonly url: string
  /** Without credentials. */
  readonly shown: string
  readonly rev: string
  readonly git: Git
  /** Nothing may be fetched from it. */
  readonly isOffline: boolean
}

/** False for what lies on this machine. */
export function isRemote(url: string): boolean {
  return !url.startsWith('/') && !url.startsWith('file://')
}

function placeOfCheckout(database: string, commit: string, source: RenderedGitSource): string {
  const parts = [commit, source.lfs ? '-lfs' : '', source.submodules === false ? '-plain' : '']
  return join(dirname(dirname(database)), 'checkouts', basename(database), parts.join(''))
}

/** `git apply` of a whole patch; nothing is applied when a part of it does not fit. */
export async function applyWithGit(
  path: string,
  options: {
    readonly patch: string
    readonly level: number
    readonly directory: string
    readonly context: StageContext
  },
): Promise<void> {
  const { patch, level, directory, context } = options
  const git = createGit(patch, context, { GIT_CEILING_DIRECTORIES: dirname(directory) })
  const result = await git.tryRun(['apply', '--whitespace=nowarn', `-p${level}`, path], directory)
  if (result.code !== 0) throw patchFailed(patch, `git apply: ${firstLine(result.output)}`)
}

type Git = ReturnType<typeof createGit>

/** For whom git runs. */
export interface GitWork {
  readonly plan: SourcePlan
  readonly context: StageContext
}

/** Variables that would make git look at another repository than the one it is run in. */
const misleading = ['GIT_DIR', 'GIT_WORK_TREE', 'GIT_INDEX_FILE', 'GIT_OBJECT_DIRECTORY', 'GIT_NAMESPACE']

/** Runs git in the caller's environment, but for what would mislead it or ask questions. */
export function createGit(
  shown: string,
  context: StageContext,
  extra: Readonly<Record<string, string>> = {},
) {
  const { system, signal } = context
  const inherited = Object.entries(system.env.all()).filter(([name]) => !misleading.includes(name))
  const env: Record<string, string> = {
    ...Object.fromEntries(inherited),
    GIT_TERMINAL_PROMPT: '0',
    GIT_LFS_SKIP_SMUDGE: '1',
    // No transport that runs commands, whatever a repository or its submodules ask for.
    GIT_ALLOW_PROTOCOL: 'file:git:http:https:ssh',
    LC_ALL: 'C',
    ...extra,
  }
  const options = ['-c', 'core.hooksPath=/dev/null', '-c', 'advice.detachedHead=false', '-c', 'gc.auto=0']
  const tryRun = async (args: readonly string[], cwd: string) => {
    const program = await system.process.find('git', (system.env.get('PATH') ?? '').split(':'))
    if (program === undefined) throw gitFailed(shown, 'the program `git` was not found; install it')
    const output: Uint8Array[] = []
    const stdout: Uint8Array[] = []
    const onOutput = (stream: 'stdout' | 'stderr', chunk: Uint8Array) => {
      output.push(chunk)
      if (stream === 'stdout') stdout.push(chunk)
    }
    const result = await system.process.run(
      { program, args: [...options, ...args], cwd, env },
      { signal, onOutput },
    )
    return {
      code: result.code,
      stdout: Buffer.concat(stdout).toString().trim(),
      output: stripCredentials(Buffer.concat(output).toString().trim()),
    }
  }
  return {
    tryRun,
    async run(args: readonly string[], cwd: string): Promise<string> {
      const result = await tryRun(args, cwd)
      if (result.code !== 0) throw gitFailed(shown, `failed to fetch ${shown}: ${firstLine(result.output)}`)
      return result.stdout
    },
  }
}

function firstLine(text: string): string {
  const lines = text.split('\n')
  return lines.find((line) => /^(?:fatal|error):/.test(line)) ?? lines[0] ?? ''
}

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

/** The clone that all builds share; a damaged one is made again. */
async function prepareDatabase(repository: Repository, { plan, context }: GitWork): Promise<string> {
  const { url, shown, rev, git, isOffline } = repository
  const { fs, host } = context.system
  // Who may read a repository says nothing about what is in it.
  const key = createHash('sha256').update(shown).digest('hex').slice(0, 16)
  const database = join(plan.directories.output, 'src_cache', 'git', 'db', key)
  if ((await fs.stat(database)) !== undefined) {
    const isWhole =
      (await fs.stat(join(database, '.git'))) !== undefined &&
      (await git.tryRun(['rev-parse', '--git-dir'], database)).stdout === '.git' &&
      (await git.tryRun(['rev-parse', '--verify', '--quiet', 'HEAD^{tree}'], database)).code === 0
    if (isWhole) return database
    if (isOffline) throw gitOffline(rev, shown)
    context.emit({ type: 'warning', output: plan.id, ...gitCacheDamaged(database) })
    await fs.remove(database)
  }
  if (isOffline) throw gitOffline(rev, shown)
  await fs.makeDirectory(dirname(database))
  const temporary = `${database}.${host.pid}.tmp`
  await fs.remove(temporary)
  try {
    await git.run(['clone', '--quiet', '--no-checkout', '--', url, temporary], dirname(database))
    await fs.rename(temporary, database)
  } finally {
    await fs.remove(temporary)
  }
  return database
}

const wholeCommit = /^[0-9a-f]{40}$/

/** A commit that is there already cannot change; everything else is asked for again. */
async function updateDatabase(
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

async function resolveCommit(database: string, { rev, shown, git, isOffline }: Repository): Promise<string> {
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

async function defaultBranch(git: Git, directory: string): Promise<string> {
  const head = await git.tryRun(['symbolic-ref', '--short', 'HEAD'], directory)
  return head.code === 0 && head.stdout !== '' ? head.stdout : 'main'
}

interface Checkout {
  readonly directory: string
  readonly database: string
  readonly repository: Repository
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
