/** `git.head_rev(source)` and its siblings: facts about a repository (spec: render.md 3.1). */
import { environmentError, experimentalError } from '../errors.js'
import type { CallArguments, Value } from '../value.js'
import type { FunctionContext, GitLookups, TemplateFunction } from './function-context.js'
import { readOnlyText } from './read-arguments.js'

const lookups: readonly (readonly [string, (git: GitLookups, source: string) => string | number])[] = [
  ['head_rev', (git, source) => git.headRev(source)],
  ['latest_tag', (git, source) => git.latestTag(source)],
  ['latest_tag_rev', (git, source) => git.latestTagRev(source)],
  ['latest_tag_distance', (git, source) => git.latestTagDistance(source)],
]

export const git: TemplateFunction = {
  name: 'git',
  signature: "git.latest_tag('.')",
  doc: 'Commit and tags of a git repository, local (relative to the recipe) or remote: `head_rev`, `latest_tag`, `latest_tag_rev`, `latest_tag_distance`.',
  experimental: true,
  create: (context) => ({
    kind: 'object',
    name: 'git',
    attributes: new Map(),
    methods: new Map(
      lookups.map(([name, look]) => [name, (args: CallArguments) => ask(context, name, args, look)]),
    ),
  }),
}

function ask(
  context: FunctionContext,
  name: string,
  args: CallArguments,
  look: (git: GitLookups, source: string) => string | number,
): Value {
  if (!context.experimental) throw experimentalError(`git.${name}`)
  const source = readOnlyText(args)
  const { git: lookupsOfGit } = context.effects
  if (lookupsOfGit === undefined) throw environmentError(`not supported yet: \`git.${name}\` in this command`)
  const result = look(lookupsOfGit, source)
  context.onEffect?.({ kind: 'function', name: `git.${name}(${JSON.stringify(source)})`, value: result })
  return typeof result === 'number' ? BigInt(result) : result
}
