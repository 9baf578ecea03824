/** Asks git and Mercurial about the sources in the work directory (spec: build.md 1.3 F). */
import path from 'node:path'
import type { StageContext } from '../../system/index.js'
import type { GitFacts, MercurialFacts } from './environment/facts.js'

type FactsContext = Pick<StageContext, 'system' | 'signal'>

/** Undefined when the work directory is no git checkout or git is not installed. */
export async function readGitFacts(work: string, context: FactsContext): Promise<GitFacts | undefined> {
  if (!(await context.system.fs.lstat(path.join(work, '.git')))) return undefined
  const fullHash = await ask('git', ['rev-parse', 'HEAD'], work, context)
  if (fullHash === undefined) return undefined
  const described = await ask('git', ['describe', '--tags', '--long', 'HEAD'], work, context)
  if (described !== undefined) return { fullHash, ...splitDescription(described) }
  // Without any tag only the hash means something.
  const fallback = await ask('git', ['describe', '--all', '--long', 'HEAD'], work, context)
  const describeHash = fallback && splitDescription(fallback).describeHash
  return { fullHash, describeTag: undefined, describeNumber: undefined, describeHash }
}

/** Undefined when the work directory is no Mercurial checkout or `hg` is not installed. */
export async function readMercurialFacts(
  work: string,
  context: FactsContext,
): Promise<MercurialFacts | undefined> {
  if (!(await context.system.fs.lstat(path.join(work, '.hg')))) return undefined
  const template = '{rev}|{node|short}|{latesttag}|{latesttagdistance}|{branch}'
  const line = await ask('hg', ['log', '--template', template, '--rev', '.'], work, context)
  const [revision, shortId, latestTag, latestTagDistance, branch] = line?.split('|') ?? []
  if (!revision || !shortId) return undefined
  return {
    revision,
    shortId,
    latestTag: latestTag === 'null' ? undefined : latestTag,
    latestTagDistance: latestTagDistance ?? '0',
    branch: branch || 'default',
  }
}

/** `v1.0-1-g23d930b`: tags may hold dashes, so the parts are split from the right. */
function splitDescription(text: string) {
  const match = /^(.*)-(\d+)-(g[0-9a-f]+)$/.exec(text)
  return { describeTag: match?.[1], describeNumber: match?.[2], describeHash: match?.[3] }
}

/** First line of what the program says; undefined when it is missing or fails. */
async function ask(
  program: string,
  args: readonly string[],
  cwd: string,
  { system, signal }: FactsContext,
): Promise<string | undefined> {
  const directories = (system.env.get('PATH') ?? '')
    .split(path.delimiter)
    .filter((entry) => path.isAbsolute(entry))
  const found = await system.process.find(program, directories)
  if (found === undefined) return undefined
  // A checkout owned by somebody else, or in a repository around it, must not decide what the script sees.
  const env = { ...system.env.all(), GIT_CEILING_DIRECTORIES: path.dirname(cwd), LC_ALL: 'C', HGPLAIN: '1' }
  const result = await system.process.capture(
    { program: found, args, cwd, env },
    { signal, timeoutMs: 30_000 },
  )
  return result.code === 0 ? result.stdout.split('\n')[0]?.trim() : undefined
}
