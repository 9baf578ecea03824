/** Reads from an output which packages it names, and what it needs them for. */
import type { RenderedRequirement } from '../../recipe/index.js'
import { type BuildPlan, neededNames, packageNameOf } from '../../stages/plan-builds/index.js'
import { stagingsOf } from '../staging/staging-plan.js'

/** `pin`: a run requirement or export whose version follows from the output it names. `test`: only tests need it. */
export type NeedKind = 'build' | 'host' | 'staging' | 'pin' | 'run' | 'test'

export interface DirectNeed {
  /** Normalised name of the package. */
  readonly name: string
  readonly kind: NeedKind
}

/** The needs of one output, its own name left out; a package that is needed in several ways is there several times. */
export function directNeeds({ name, output }: BuildPlan): readonly DirectNeed[] {
  const { requirements, tests = [] } = output.recipe
  const staged = stagingsOf({ output }).flatMap(({ requirements: of }) => [
    ...(of?.build ?? []),
    ...(of?.host ?? []),
  ])
  const tested = tests.flatMap((test) => {
    if ('downstream' in test || !('script' in test)) return []
    return [...(test.requirements?.run ?? []), ...(test.requirements?.build ?? [])]
  })
  const needs = [
    ...named(requirements.build, 'build'),
    ...named(requirements.host, 'host'),
    ...named(staged, 'staging'),
    ...named(requirements.run, 'run'),
    ...named(tested, 'test'),
  ]
  const known = new Set(needs.flatMap((need) => (isForBuild(need.kind) ? [need.name] : [])))
  const pinned = [...neededNames(output)].filter((needed) => !known.has(needed))
  const pins = pinned.map((needed): DirectNeed => ({ name: needed, kind: 'pin' }))
  return unique([...needs, ...pins]).filter((need) => need.name !== name && need.name !== '')
}

/** Whether the output cannot be built without it. */
export function isForBuild(kind: NeedKind): boolean {
  return kind !== 'run' && kind !== 'test'
}

function named(requirements: readonly RenderedRequirement[] = [], kind: NeedKind): readonly DirectNeed[] {
  return requirements.map((requirement) => ({ name: packageNameOf(requirement), kind }))
}

function unique(needs: readonly DirectNeed[]): readonly DirectNeed[] {
  return [...new Map(needs.map((need) => [`${need.kind} ${need.name}`, need])).values()]
}
