/**
 * Decides what a recipe with outputs renders to, for one combination of variant values (spec: render.md
 * 6.9).
 */
import type { Diagnostic } from '../../errors/index.js'
import {
  buildFields,
  getMember,
  type LoadedSection,
  type LoadedText,
  multiRecipeFields,
  packageOutputFields,
} from '../../recipe/index.js'
import { outputSections } from './collect-used-names.js'
import type { Combination } from './combine-variants.js'
import { type Draft, requirementsOf } from './draft.js'
import { evaluateSkip } from './evaluate-skip.js'
import { joinLists, mergeAbout, mergeBuild } from './merge-sections.js'
import { renderField } from './render-field.js'
import { identityOf, renderRequirementSection, startSession, variantKeys } from './render-single.js'
import { createRenderer, type Renderer } from './renderer.js'
import { createSession, type Shared } from './session.js'
import { type InheritedStaging, inheritStaging, stagingMembers } from './staging.js'
import { leaf, mapOf, memberOf, type Traced } from './traced.js'
import { freeNames, usedVariant } from './used-variant.js'

/** Drafts of all package outputs, in recipe order, skipped ones included. */
export function renderMulti(shared: Shared, combination: Combination, diagnostics: Diagnostic[]): Draft[] {
  const sections = outputSections(shared.recipe.root)
  const packages = sections.filter((section) => section.alternative === 'package')
  return packages.flatMap((section) => {
    // Every output has its own session: what it reads, and only that, is in its variant.
    const renderer = createRenderer(createSession(shared, combination), diagnostics)
    const contextReads = startSession(renderer)
    renderer.session.accessed.clear()
    return renderOutput({ renderer, section, contextReads, firstOutput: packages[0] }) ?? []
  })
}

/** Free build and host specs of all outputs that are not skipped. Mistakes do not matter here. */
export function discoverMulti(shared: Shared, combination: Combination): string[] {
  const renderer = createRenderer(createSession(shared, combination), [])
  startSession(renderer)
  const { root } = shared.recipe
  const topSkip = evaluateSkip(renderer, getMember(root, multiRecipeFields, 'build')?.members.get('skip'))
  return outputSections(root).flatMap((section) => {
    const build = section.members.get('build')
    const skip = topSkip || (build?.kind === 'section' && evaluateSkip(renderer, build.members.get('skip')))
    return skip ? [] : freeNames(requirementsOf(renderRequirementSection(renderer, section)))
  })
}

interface OutputTask {
  readonly renderer: Renderer
  readonly section: LoadedSection
  readonly contextReads: ReadonlySet<string>
  readonly firstOutput: LoadedSection | undefined
}

function renderOutput(task: OutputTask): Draft | undefined {
  const { renderer, section, contextReads } = task
  const { session } = renderer
  const { root } = session.recipe
  const top = renderTop(renderer, root)
  const packageSection = renderPackage(renderer, section)
  const build = getMember(section, packageOutputFields, 'build')
  const topBuild = getMember(root, multiRecipeFields, 'build')
  const skips = [topBuild, build].map((part) => evaluateSkip(renderer, part?.members.get('skip')))
  const skip = skips.includes(true)
  const staging = skip ? undefined : inheritStaging(renderer, section)
  const ownBuild = build && renderField(renderer, packageOutputFields.build, build, 'build')
  const merged = mergeBuild(top.get('build'), ownBuild, staging === undefined)
  const own = skip ? new Map<string, Traced>() : renderParts(renderer, section)
  const identity = identityOf(packageSection, merged)
  if (identity === undefined || packageSection === undefined) return undefined
  const requirements = requirementsOf(own.get('requirements'))
  const buildString = getMember(build, buildFields, 'string') ?? getMember(topBuild, buildFields, 'string')
  const variant = usedVariant(session, {
    form: 'multi',
    noarch: identity.noarch,
    requirements,
    contextReads,
    buildStringNames: buildString?.names ?? new Set(),
    ...(staging && { inherited: staging.requirements }),
  })
  return {
    ...identity,
    ...variantKeys(merged),
    session,
    combination: session.combination,
    skip,
    members: assemble({ packageSection, merged, top, own, staging }),
    requirements,
    buildString,
    variant,
    directoryName: staging ? stagingDirectory(task, identity.normalizedName) : identity.normalizedName,
    dropped: renderer.dropped,
    skips: renderer.skips,
  }
}

/** Top-level sections are rendered for every output, so what they read counts for each. */
function renderTop(renderer: Renderer, root: LoadedSection): Map<string, Traced> {
  const members = new Map<string, Traced>()
  for (const key of ['source', 'build', 'tests', 'about', 'extra'] as const) {
    const loaded = root.members.get(key)
    const rendered = loaded && renderField(renderer, multiRecipeFields[key], loaded, key)
    if (rendered) members.set(key, rendered)
  }
  return members
}

function renderParts(renderer: Renderer, section: LoadedSection): Map<string, Traced> {
  const members = new Map<string, Traced>()
  for (const key of ['source', 'requirements', 'tests', 'about'] as const) {
    const loaded = section.members.get(key)
    const rendered = loaded && renderField(renderer, packageOutputFields[key], loaded, key)
    if (rendered) members.set(key, rendered)
  }
  return members
}

/** The version comes from the output, else from `recipe`, else from the top level. */
function renderPackage(renderer: Renderer, section: LoadedSection): Traced | undefined {
  const loaded = getMember(section, packageOutputFields, 'package')
  const own = loaded && renderField(renderer, packageOutputFields.package, loaded, 'package')
  const name = memberOf(own, 'name')
  if (name === undefined) return undefined
  const version = memberOf(own, 'version') ?? fallbackVersion(renderer)
  return mapOf([
    ['name', name],
    ['version', version],
  ])
}

function fallbackVersion(renderer: Renderer): Traced | undefined {
  const { root } = renderer.session.recipe
  const recipe = getMember(root, multiRecipeFields, 'recipe')
  const loaded = (recipe?.members.get('version') ?? root.members.get('version')) as LoadedText | undefined
  return loaded && renderField(renderer, multiRecipeFields.version, loaded, 'version')
}

interface Parts {
  readonly packageSection: Traced
  readonly merged: Traced
  readonly top: ReadonlyMap<string, Traced>
  readonly own: ReadonlyMap<string, Traced>
  readonly staging: InheritedStaging | undefined
}

function assemble({ packageSection, merged, top, own, staging }: Parts): ReadonlyMap<string, Traced> {
  const inherited = staging === undefined ? top : new Map<string, Traced>()
  return mapOf([
    ['package', packageSection],
    ['source', joinLists(inherited.get('source'), own.get('source'))],
    ['build', merged],
    ['requirements', own.get('requirements')],
    ['tests', joinLists(inherited.get('tests'), own.get('tests'))],
    ['about', mergeAbout(top.get('about'), own.get('about'))],
    ['extra', top.get('extra')],
    ...(staging ? stagingMembers(staging, top.get('source')) : []),
  ]).members
}

/** Outputs that start from a staging output share one directory. */
function stagingDirectory(task: OutputTask, name: string): string {
  const recipe = getMember(task.renderer.session.recipe.root, multiRecipeFields, 'recipe')
  const recipeName = recipe?.members.get('name')
  if (recipeName?.kind === 'text' && recipeName.template === undefined) return recipeName.text
  const first = task.firstOutput && renderPackage(createRenderer(task.renderer.session, []), task.firstOutput)
  const firstName = memberOf(first, 'name') ?? leaf(name)
  return firstName.kind === 'leaf' ? String(firstName.value).toLowerCase() : name
}
