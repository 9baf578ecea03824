/** The graph of outputs as plain data, for people and scripts. */
import type { BuildPlan } from '../../stages/plan-builds/index.js'
import { closest } from '../../text/index.js'
import { unknownDependents } from '../errors.js'
import type { NeedKind } from './direct-needs.js'
import { outputGraph } from './output-graph.js'

/** One output that needs another one; the names are those of the JSON. */
export interface GraphNeed {
  /** Id of the other output. */
  readonly id: string
  /** What for, in the order build, host, staging, run, test, pin. */
  readonly kinds: readonly NeedKind[]
}

/** One output of the graph. */
export interface GraphLink {
  /** `name-version-build` */
  readonly id: string
  readonly name: string
  readonly version: string
  /** The subdir of the package. */
  readonly platform: string
  /** Absolute path of its recipe. */
  readonly recipe: string
  readonly needs: readonly GraphNeed[]
}

/** `krait dag --json` */
export interface GraphDocument {
  /** Of this document. */
  readonly version: 1
  /** In build order. */
  readonly outputs: readonly GraphLink[]
}

/** Every output with what it needs of the others, in build order. @param plans in build order */
export function graphLinks(plans: readonly BuildPlan[]): readonly GraphLink[] {
  return outputGraph(plans).map(({ plan, direct }) => {
    const kinds = new Map<number, NeedKind[]>()
    for (const { kind, outputs } of direct) {
      for (const output of outputs) kinds.set(output, [...(kinds.get(output) ?? []), kind])
    }
    const { id, name, version, platforms, recipePath: recipe } = plan
    const needs = [...kinds].sort(([left], [right]) => left - right)
    return {
      id,
      name,
      version,
      platform: platforms.targetSubdir,
      recipe,
      needs: needs.map(([output, of]) => ({ id: plans[output]?.id ?? '', kinds: of })),
    }
  })
}

/**
 * Only the outputs of this name, and all that need them, directly or through others. All of them without a name.
 * @throws BuildError `plan/unknown-dependents`
 */
export function selectDependents(
  links: readonly GraphLink[],
  name: string | undefined,
): readonly GraphLink[] {
  if (name === undefined) return links
  const wanted = name.toLowerCase()
  const found = new Set(
    links.flatMap((link) => (link.name === wanted || link.id === wanted ? [link.id] : [])),
  )
  if (found.size === 0)
    throw unknownDependents(
      name,
      closest(
        wanted,
        links.map((link) => link.name),
      ),
    )
  for (let size = 0; size !== found.size; ) {
    size = found.size
    for (const { id, needs } of links) if (needs.some((need) => found.has(need.id))) found.add(id)
  }
  const kept = links.filter(({ id }) => found.has(id))
  return kept.map((link) => ({ ...link, needs: link.needs.filter(({ id }) => found.has(id)) }))
}
