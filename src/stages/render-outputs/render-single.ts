/** Decides what a recipe with one package renders to, for one combination of variant values. */
import type { Diagnostic } from '../../errors/index.js'
import {
  buildFields,
  getMember,
  type LoadedSection,
  requirementFields,
  singleRecipeFields,
} from '../../recipe/index.js'
import type { Combination } from './combine-variants.js'
import { type Draft, requirementsOf, textsOf } from './draft.js'
import { evaluateContext } from './evaluate-context.js'
import { evaluateSkip } from './evaluate-skip.js'
import { renderField } from './render-field.js'
import { createRenderer, type Renderer } from './renderer.js'
import { createSession, type Shared } from './session.js'
import { memberOf, plainValue, type Traced } from './traced.js'
import { freeNames, usedVariant } from './used-variant.js'

/** The draft of the only output; undefined when name or version could not be rendered. */
export function renderSingle(
  shared: Shared,
  combination: Combination,
  diagnostics: Diagnostic[],
): Draft | undefined {
  const session = createSession(shared, combination)
  const renderer = createRenderer(session, diagnostics)
  const contextReads = startSession(renderer)
  const { root } = session.recipe
  const members = new Map<string, Traced>()
  for (const key of ['package', 'source', 'build', 'requirements', 'tests', 'about', 'extra'] as const) {
    const loaded = root.members.get(key)
    const rendered = loaded && renderField(renderer, singleRecipeFields[key], loaded, key)
    if (rendered) members.set(key, rendered)
  }
  const build = getMember(root, singleRecipeFields, 'build')
  const skip = evaluateSkip(renderer, build?.members.get('skip'))
  const requirements = requirementsOf(members.get('requirements'))
  const identity = identityOf(members.get('package'), members.get('build'))
  if (identity === undefined) return undefined
  const buildString = getMember(build, buildFields, 'string')
  const names = buildString?.names ?? new Set<string>()
  const facts = {
    form: 'single',
    noarch: identity.noarch,
    requirements,
    contextReads,
    buildStringNames: names,
  } as const
  return {
    ...identity,
    ...variantKeys(members.get('build')),
    session,
    combination,
    skip,
    members,
    requirements,
    buildString,
    variant: usedVariant(session, facts),
    directoryName: identity.normalizedName,
    dropped: renderer.dropped,
    skips: renderer.skips,
  }
}

/** Evaluates the context; the names it read. */
export function startSession(renderer: Renderer): ReadonlySet<string> {
  evaluateContext(renderer)
  return new Set(renderer.session.accessed)
}

/**
 * Free build and host specs under this combination, for the discovery of further keys. Mistakes do not
 * matter here.
 */
export function discoverSingle(shared: Shared, combination: Combination): string[] {
  const renderer = createRenderer(createSession(shared, combination), [])
  startSession(renderer)
  return freeNames(requirementsOf(renderRequirementSection(renderer, shared.recipe.root)))
}

/** The requirements of a section, without `run` and what belongs to it. */
export function renderRequirementSection(renderer: Renderer, section: LoadedSection): Traced | undefined {
  const requirements = section.members.get('requirements')
  if (requirements?.kind !== 'section') return undefined
  const wanted = new Map([...requirements.members].filter(([key]) => key === 'build' || key === 'host'))
  const field = { kind: 'section', fields: requirementFields, doc: '' } as const
  return renderField(renderer, field, { ...requirements, members: wanted }, 'requirements')
}

export interface Identity {
  readonly name: string
  readonly normalizedName: string
  readonly version: string
  readonly noarch: 'python' | 'generic' | undefined
}

/** Name, version and noarch; undefined when one could not be rendered (which was reported). */
export function identityOf(
  packageSection: Traced | undefined,
  build: Traced | undefined,
): Identity | undefined {
  const name = plainValue(memberOf(packageSection, 'name'))
  const version = plainValue(memberOf(packageSection, 'version'))
  const noarch = plainValue(memberOf(build, 'noarch'))
  if (typeof name !== 'string' || typeof version !== 'string') return undefined
  const known = noarch === 'python' || noarch === 'generic' ? noarch : undefined
  return { name, normalizedName: name.toLowerCase(), version, noarch: known }
}

/** `build.variant.use_keys` and `ignore_keys`. */
export function variantKeys(build: Traced | undefined): Pick<Draft, 'useKeys' | 'ignoreKeys'> {
  const variant = memberOf(build, 'variant')
  return {
    useKeys: textsOf(memberOf(variant, 'use_keys')),
    ignoreKeys: textsOf(memberOf(variant, 'ignore_keys')),
  }
}
