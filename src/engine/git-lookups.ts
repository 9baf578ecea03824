/** Decides what `git.*` functions of templates answer; a repository is a directory or a URL (spec: render.md 3.1). */
import path from 'node:path'
import { isBuildError } from '../errors/index.js'
import type { System } from '../system/index.js'
import { environmentError, type TemplateEffects } from '../template/index.js'

type GitLookups = NonNullable<TemplateEffects['git']>

const timeoutMs = 120_000

/** Lookups of one recipe. They throw with git's own message; every question is asked once. */
export function createGitLookups(directory: string, system: Pick<System, 'process' | 'env'>): GitLookups {
  const answers = new Map<string, string>()
  const ask = (args: readonly string[], cwd = directory): string => {
    const key = JSON.stringify([args, cwd])
    const answer = answers.get(key) ?? runGit(args, cwd, system)
    answers.set(key, answer)
    return answer
  }
  const tagLine = (source: string) =>
    lastTag(source, ask(['ls-remote', '--sort=v:refname', '--tags', '--', source]))
  return {
    headRev: (source) => revisionOf(ask(['ls-remote', '--', repository(source), 'HEAD'])),
    latestTag: (source) => tagLine(repository(source)).name,
    latestTagRev: (source) => tagLine(repository(source)).revision,
    latestTagDistance: (source) => {
      refuseRemote(source)
      const { name } = tagLine(repository(source))
      const range = `refs/tags/${name}..HEAD`
      return Number(ask(['rev-list', '--count', range, '--'], path.resolve(directory, source)))
    },
  }
}

/** A path or URL that git cannot take for an option. */
function repository(source: string): string {
  if (!source.startsWith('-')) return source
  throw environmentError(`\`${source}\` is no repository`, 'name a directory or a URL')
}

function refuseRemote(source: string): void {
  if (!/^[a-z+]+:\/\/|^[^/]+@[^/]+:/i.test(source) || source.startsWith('file://')) return
  throw environmentError('not supported yet: `git.latest_tag_distance` of a remote repository')
}

function runGit(args: readonly string[], cwd: string, system: Pick<System, 'process' | 'env'>): string {
  const env = { ...system.env.all(), GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C' }
  try {
    const { code, stdout, stderr } = system.process.captureSync(
      { program: 'git', args, cwd, env },
      { timeoutMs },
    )
    if (code === 0) return stdout.trim()
    throw environmentError(stderr.trim().split('\n')[0] || 'git was stopped because it took too long')
  } catch (error) {
    throw isBuildError(error) ? environmentError(error.message, error.hint) : error
  }
}

function revisionOf(text: string): string {
  const revision = /^[0-9a-f]+/.exec(text)?.[0]
  if (revision !== undefined) return revision
  throw environmentError('the repository has no commits')
}

/** Tags come sorted as versions; the line of a peeled tag (`^{}`) names the commit. */
function lastTag(source: string, text: string): { readonly name: string; readonly revision: string } {
  const [revision, reference] = text.split('\n').at(-1)?.split('\t') ?? []
  if (revision && reference) return { name: reference.replace(/^refs\/tags\/|\^\{\}$/g, ''), revision }
  throw environmentError(`\`${source}\` has no tags`)
}
