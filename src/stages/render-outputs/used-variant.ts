/**
 * Decides which variant keys an output used: they are what its hash is computed over (spec: render.md 7.5).
 */
import type { RenderedRequirements, VariantValue } from '../../recipe/index.js'
import { toJson, type Value } from '../../template/index.js'
import { alwaysUsedKeys, isFreeSpec } from './collect-used-names.js'
import { environmentNames } from './environment-names.js'
import { normalizeKey } from './merge-variants.js'
import type { Session } from './session.js'

export interface UsedVariantFacts {
  readonly form: 'single' | 'multi'
  readonly noarch: 'python' | 'generic' | undefined
  readonly requirements: RenderedRequirements
  /** More requirements whose free specs count: those of an inherited staging output. */
  readonly inherited?: RenderedRequirements
  /** Names that were read while the context was evaluated. */
  readonly contextReads: ReadonlySet<string>
  /** Names that the template of the build string mentions. */
  readonly buildStringNames: ReadonlySet<string>
}

/** The used variant before `use_keys`, `ignore_keys` and pins. */
export function usedVariant(session: Session, facts: UsedVariantFacts): Map<string, VariantValue> {
  const free = new Set([...freeNames(facts.requirements), ...freeNames(facts.inherited ?? {})])
  const environment = environmentNames(session.options)
  const used = new Map<string, VariantValue>()
  for (const [key, { value }] of session.combination) {
    const own = session.context.get(key)
    if (own && !facts.contextReads.has(key)) continue
    if (facts.noarch === 'python' && key === 'python') continue
    const isUsed =
      session.accessed.has(key) ||
      facts.contextReads.has(key) ||
      facts.buildStringNames.has(key) ||
      free.has(key) ||
      alwaysUsedKeys.includes(key) ||
      environment.has(key)
    if (isUsed) used.set(key, own && facts.form === 'multi' ? shadowing(own.value, value) : value)
  }
  if (facts.noarch) used.set('target_platform', 'noarch')
  addVirtualPackages(used, facts.requirements)
  return used
}

/** Normalised names of build and host requirements that are nothing but a name. */
export function freeNames(requirements: RenderedRequirements): string[] {
  return [...(requirements.build ?? []), ...(requirements.host ?? [])].flatMap((spec) =>
    typeof spec === 'string' && isFreeSpec(spec) ? [normalizeKey(spec)] : [],
  )
}

function shadowing(value: Value, otherwise: VariantValue): VariantValue {
  const json = toJson(value)
  const isScalar = typeof json === 'string' || typeof json === 'number' || typeof json === 'boolean'
  return isScalar ? json : otherwise
}

/** A run dependency on a virtual package is part of the hash. */
function addVirtualPackages(used: Map<string, VariantValue>, requirements: RenderedRequirements): void {
  for (const spec of requirements.run ?? []) {
    if (typeof spec !== 'string' || !spec.startsWith('__')) continue
    const name = /^[^\s<>=!~[]+/.exec(spec)?.[0] ?? spec
    used.set(normalizeKey(name), spec)
  }
}
