/** Decides what makes an output another one than the last time: recipe, files beside it, variant, and what it is built from. */
import { createHash } from 'node:crypto'
import path from 'node:path'
import type { BuildPlan } from '../../stages/plan-builds/index.js'
import { canonicalJson } from '../../text/index.js'
import type { BuildContext } from '../context.js'
import { digestTree } from '../staging/copy-staged.js'
import { digestOutsideSources, type SourcesDigestRequest } from './digest-sources.js'
import { isForBuild } from './direct-needs.js'
import type { OutputNode } from './output-graph.js'

/** What counts besides the outputs themselves. */
export interface IdentityFacts {
  /** Of a recipe file, by its path. */
  readonly recipeText: (recipePath: string) => string
  /** Whether and how packages are tested. */
  readonly test: string
  /** How sources are fetched. */
  readonly sources: SourcesDigestRequest['options']
}

/**
 * SHA-256 for each output, in the order of the graph. Files below the directory of the recipe count with their content, and
 * so do `path:` sources and patches elsewhere; sources from the network with what the recipe says about them.
 */
export async function outputIdentities(
  graph: readonly OutputNode[],
  facts: IdentityFacts,
  context: BuildContext,
): Promise<readonly string[]> {
  const request = { options: facts.sources, context, known: new Map<string, Promise<string>>() }
  const digests = new Map<string, Promise<string>>()
  const own: string[] = []
  for (const { plan } of graph) {
    const { recipe } = plan.directories
    const digest = digests.get(recipe) ?? digestRecipe(plan, context)
    digests.set(recipe, digest)
    const { variant, recipe: rendered } = plan.output
    const text = facts.recipeText(plan.recipePath)
    // Templates may read the environment of the caller, which the text does not show.
    const outside = await digestOutsideSources(plan, request)
    own.push(hash([packageFile(plan), variant, rendered, text, facts.test, await digest, outside]))
  }
  const known = new Map<number, string>()
  return graph.map((_, at) => withNeeds(at, { graph, own, known }))
}

/** Where the package of a plan lies in its channel: `noarch/zlib-1.3-h0_0.conda`. */
export function packageFile({ id, platforms, packaging }: BuildPlan): string {
  return `${platforms.targetSubdir}/${id}.${packaging.format}`
}

/** What builds leave beside recipes themselves. */
const madeByBuilds = /^recipe\.lock\.yaml$|(?:^|\/)__pycache__$/

async function digestRecipe(
  { directories }: BuildPlan,
  context: Pick<BuildContext, 'system' | 'signal'>,
): Promise<string> {
  const output = path.relative(directories.recipe, directories.output)
  const isMade = (name: string) => name === output || madeByBuilds.test(name)
  return digestTree(directories.recipe, isMade, context)
}

interface Identities {
  readonly graph: readonly OutputNode[]
  readonly own: readonly string[]
  readonly known: Map<number, string>
}

/** A package is another one when something it is built from is. */
function withNeeds(at: number, identities: Identities): string {
  const { graph, own, known } = identities
  const found = known.get(at)
  if (found !== undefined) return found
  // Staging outputs may lead around in a circle; the first one that is asked then counts alone.
  known.set(at, own[at] ?? '')
  const direct = graph[at]?.direct ?? []
  const needs = direct.flatMap(({ kind, outputs }) => (isForBuild(kind) ? outputs : []))
  const identity = hash([own[at] ?? '', ...new Set(needs.map((need) => withNeeds(need, identities)))])
  known.set(at, identity)
  return identity
}

function hash(facts: readonly unknown[]): string {
  return createHash('sha256').update(canonicalJson(facts)).digest('hex')
}
