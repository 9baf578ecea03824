/** Decides what an output takes over from the top level of its recipe (spec: render.md 6.9). */
import { aboutFields, buildFields, scriptFields } from '../../recipe/index.js'
import { hasOwnPlan } from './render-script.js'
import { mapOf, memberOf, type Traced } from './traced.js'

/**
 * The build section of an output: its own values, else those of the top level. A script comes from the top
 * only when
 * `inheritScript` is given and the output has none; an output without any script runs nothing.
 */
export function mergeBuild(top: Traced | undefined, own: Traced | undefined, inheritScript: boolean): Traced {
  const plan = planOf(top, own, inheritScript)
  const keys = Object.keys(buildFields)
  return mapOf(keys.map((key) => [key, key in plan ? plan[key] : (memberOf(own, key) ?? memberOf(top, key))]))
}

/** `about`, key by key. */
export function mergeAbout(top: Traced | undefined, own: Traced | undefined): Traced | undefined {
  const merged = mapOf(Object.keys(aboutFields).map((key) => [key, memberOf(own, key) ?? memberOf(top, key)]))
  return merged.members.size > 0 ? merged : undefined
}

/** Both lists behind each other. */
export function joinLists(top: Traced | undefined, own: Traced | undefined): Traced | undefined {
  const items = [top, own].flatMap((list) => (list?.kind === 'list' ? list.items : []))
  return items.length > 0 ? { kind: 'list', items } : undefined
}

interface Plan {
  readonly [key: string]: Traced | undefined
}

function planOf(top: Traced | undefined, own: Traced | undefined, inheritScript: boolean): Plan {
  const ownPlan = { script: memberOf(own, 'script'), steps: memberOf(own, 'steps') }
  const hasOwn = hasOwnPlan(ownPlan.script) || isFilled(ownPlan.steps)
  if (hasOwn) return withCommands(ownPlan)
  if (inheritScript) {
    const topPlan = { script: memberOf(top, 'script'), steps: memberOf(top, 'steps') }
    if (topPlan.script || topPlan.steps) return withCommands(topPlan)
  }
  return withCommands(ownPlan)
}

/** Outputs never look for a build.sh: one without commands has an explicit empty list. */
function withCommands(plan: Plan): Plan {
  const { script } = plan
  const empty: Traced = { kind: 'list', items: [] }
  if (script === undefined) return plan.steps ? plan : { script: empty, steps: undefined }
  if (script.kind !== 'map' || script.members.has('content') || script.members.has('file')) return plan
  const members = new Map([...script.members, ['content', empty]])
  const order = Object.keys(scriptFields)
  return { ...plan, script: mapOf(order.map((key) => [key, members.get(key)])) }
}

function isFilled(steps: Traced | undefined): boolean {
  return steps?.kind === 'list' && steps.items.length > 0
}
