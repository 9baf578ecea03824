/** Decides what an output takes over from a staging output (spec: render.md 6.9). */
import {
  getMember,
  type LoadedSection,
  type LoadedText,
  type RenderedRequirements,
  stagingOutputFields,
} from '../../recipe/index.js'
import { outputSections } from './collect-used-names.js'
import { requirementsOf } from './draft.js'
import { unknownStaging } from './errors.js'
import { joinLists } from './merge-sections.js'
import { renderField } from './render-field.js'
import { type Renderer, renderText, reportError } from './renderer.js'
import { leaf, mapOf, memberOf, type Traced } from './traced.js'

export interface InheritedStaging {
  readonly name: string
  readonly inheritRunExports: boolean
  readonly build: Traced | undefined
  readonly source: Traced | undefined
  readonly requirementSection: Traced | undefined
  readonly requirements: RenderedRequirements
}

/** The staging output that an output names in `inherit`; undefined when it inherits the top level. */
export function inheritStaging(renderer: Renderer, section: LoadedSection): InheritedStaging | undefined {
  const inherit = section.members.get('inherit')
  if (inherit?.kind !== 'section') return undefined
  const from = inherit.members.get('from')
  const name = from?.kind === 'text' ? renderText(renderer, from)?.text : undefined
  if (name === undefined || from === undefined) return undefined
  const staged = stagingSections(renderer)
  const found = staged.get(name)
  if (found === undefined) {
    reportError(renderer, unknownStaging(name, [...staged.keys()], from.span))
    return undefined
  }
  return { name, inheritRunExports: inheritsRunExports(renderer, inherit), ...renderStaging(renderer, found) }
}

/** `staging_caches` and `inherits_from` of the rendered recipe. */
export function stagingMembers(
  staging: InheritedStaging,
  topSource: Traced | undefined,
): readonly (readonly [string, Traced | undefined])[] {
  const { build, requirementSection } = staging
  const cache = mapOf([
    ['name', leaf(staging.name)],
    ['build', build && mapOf([['string', leaf(null)], ...(build.kind === 'map' ? build.members : [])])],
    ['requirements', requirementSection],
    ['source', joinLists(topSource, staging.source)],
  ])
  const from = mapOf([
    ['cache_name', leaf(staging.name)],
    ['inherit_run_exports', leaf(staging.inheritRunExports)],
  ])
  return [
    ['staging_caches', { kind: 'list', items: [cache] }],
    ['inherits_from', from],
  ]
}

/** Staging outputs by rendered name; of two with one name the last counts. */
function stagingSections(renderer: Renderer): ReadonlyMap<string, LoadedSection> {
  const sections = new Map<string, LoadedSection>()
  for (const section of outputSections(renderer.session.recipe.root)) {
    if (section.alternative !== 'staging') continue
    const staging = getMember(section, stagingOutputFields, 'staging')
    const name = staging?.members.get('name') as LoadedText | undefined
    const text = name && renderText(renderer, name)?.text
    if (text !== undefined) sections.set(text, section)
  }
  return sections
}

function renderStaging(renderer: Renderer, section: LoadedSection) {
  const part = (key: 'source' | 'build' | 'requirements') => {
    const loaded = section.members.get(key)
    return loaded && renderField(renderer, stagingOutputFields[key], loaded, key)
  }
  const requirementSection = part('requirements')
  const build = part('build')
  const hasPlan = memberOf(build, 'script') !== undefined || memberOf(build, 'steps') !== undefined
  return {
    source: part('source'),
    build: hasPlan ? build : undefined,
    requirementSection,
    requirements: requirementsOf(requirementSection),
  }
}

function inheritsRunExports(renderer: Renderer, inherit: LoadedSection): boolean {
  const loaded = inherit.members.get('run_exports')
  const text = loaded?.kind === 'text' ? renderText(renderer, loaded)?.text.toLowerCase() : undefined
  return text !== 'false' && text !== 'no'
}
