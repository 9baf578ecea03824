/** Decides the build string: `PREFIXhHASH_NUMBER`, or the recipe's own template (spec: render.md 8). */
import type { BuildHash, VariantValue } from '../../recipe/index.js'
import { locateInScalar } from '../../recipe/index.js'
import {
  createFunctions,
  fromJson,
  platformVariables,
  renderTemplate,
  TemplateError,
  type TemplateScope,
  type Value,
} from '../../template/index.js'
import { buildNumberOf, type Draft } from './draft.js'
import { buildStringFailed } from './errors.js'

export interface BuildStringFacts {
  readonly variant: ReadonlyMap<string, VariantValue>
  readonly hash: BuildHash
}

/** The build string of an output. @throws BuildError `render/build-string` when its template fails */
export function renderBuildString(draft: Draft, facts: BuildStringFacts): string {
  const { buildString } = draft
  const { hash, prefix = '' } = facts.hash
  if (buildString === undefined) return `${prefix}h${hash}_${buildNumberOf(draft)}`
  if (buildString.template === undefined) return buildString.text
  try {
    return renderTemplate(buildString.template, scopeOf(draft, facts))
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error
    const span = locateInScalar(buildString.scalar, draft.session.recipe.source, error)
    throw buildStringFailed(error.message, span)
  }
}

/**
 * Final variant, then context, then `hash` and `build_number`. Platform names describe the machine that
 * renders, and
 * `compiler()` sees no variant: both as in rattler-build.
 */
function scopeOf(draft: Draft, { variant, hash }: BuildStringFacts): TemplateScope {
  const { context, options } = draft.session
  const machine = options.runningPlatform
  const variables = new Map(platformVariables({ build: machine, host: machine, target: machine }))
  for (const [key, value] of variant) variables.set(key, fromJson(value))
  for (const [key, { value }] of context) variables.set(key, value)
  variables.set('hash', hash.hash)
  variables.set('build_number', BigInt(buildNumberOf(draft)))
  const functions: ReadonlyMap<string, Value> = createFunctions({
    readVariant: () => undefined,
    targetPlatform: machine,
    hostPlatform: machine,
    experimental: options.experimental === true,
    effects: options.effects ?? {},
  })
  return {
    lookup: (name) => variables.get(name) ?? functions.get(name),
    names: () => [...variables.keys(), ...functions.keys()],
  }
}
