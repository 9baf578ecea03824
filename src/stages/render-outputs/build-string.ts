/** Decides the build string: `PREFIXhHASH_NUMBER`, or the recipe's own template (spec: render.md 8). */
import type { BuildHash, Read, ReadSource, VariantValue } from '../../recipe/index.js'
import { locateInScalar } from '../../recipe/index.js'
import {
  createFunctions,
  fromJson,
  platformVariables,
  renderTemplate,
  TemplateError,
  type TemplateScope,
  toJson,
  type Value,
} from '../../template/index.js'
import { buildNumberOf, type Draft } from './draft.js'
import { buildStringFailed } from './errors.js'
import type { TracedLeaf } from './traced.js'

export interface BuildStringFacts {
  readonly variant: ReadonlyMap<string, VariantValue>
  readonly hash: BuildHash
}

interface Variable {
  readonly value: Value
  readonly from: ReadSource
}

/** The build string of an output. @throws BuildError `render/build-string` when its template fails */
export function renderBuildString(
  draft: Draft,
  facts: BuildStringFacts,
): TracedLeaf & { readonly value: string } {
  const { buildString } = draft
  const { hash, prefix = '' } = facts.hash
  if (buildString === undefined) return { kind: 'leaf', value: `${prefix}h${hash}_${buildNumberOf(draft)}` }
  const { span, text, template } = buildString
  const reads: Read[] = []
  const origin = { span, template: text, branches: [], reads }
  if (template === undefined) return { kind: 'leaf', value: text, origin }
  try {
    return { kind: 'leaf', value: renderTemplate(template, scopeOf(draft, facts, reads)), origin }
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error
    throw buildStringFailed(
      error.message,
      locateInScalar(buildString.scalar, draft.session.recipe.source, error),
    )
  }
}

/**
 * Final variant, then context, then `hash` and `build_number`. Platform names describe the machine that
 * renders, and
 * `compiler()` sees no variant: both as in rattler-build.
 */
function scopeOf(draft: Draft, { variant, hash }: BuildStringFacts, reads: Read[]): TemplateScope {
  const { combination, context, options } = draft.session
  const machine = options.runningPlatform
  const variables = new Map<string, Variable>()
  const platforms = platformVariables({ build: machine, host: machine, target: machine })
  for (const [key, value] of platforms) variables.set(key, { value, from: { kind: 'platform' } })
  for (const [key, value] of variant) {
    const span = combination.get(key)?.span
    variables.set(key, {
      value: fromJson(value),
      from: { kind: 'variant', ...(span && { file: span.file, span }) },
    })
  }
  for (const [key, { value, span }] of context) variables.set(key, { value, from: { kind: 'context', span } })
  variables.set('hash', { value: hash.hash, from: { kind: 'function' } })
  variables.set('build_number', { value: BigInt(buildNumberOf(draft)), from: { kind: 'function' } })
  const functions: ReadonlyMap<string, Value> = createFunctions({
    readVariant: () => undefined,
    targetPlatform: machine,
    hostPlatform: machine,
    experimental: options.experimental === true,
    effects: options.effects ?? {},
  })
  const read = (name: string) => {
    const variable = variables.get(name)
    if (variable) reads.push({ name, value: toJson(variable.value), from: variable.from })
    return variable?.value
  }
  return {
    lookup: (name) => (variables.has(name) ? read(name) : functions.get(name)),
    names: () => [...variables.keys(), ...functions.keys()],
  }
}
