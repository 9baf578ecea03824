/** Decides how sources, steps, publishers and `extra` look after rendering. */
import { type LoadedData, type LoadedSection, type LoadedValue, stepFields } from '../../recipe/index.js'
import { evaluate, isTruthy, parseBareExpression, TemplateError, type Value } from '../../template/index.js'
import type { YamlNode, YamlScalar } from '../../text/index.js'
import type { RenderField } from './render-field.js'
import { renderCommands } from './render-script.js'
import { type Renderer, renderText, reportError, toBuildError, visitItems } from './renderer.js'
import { leaf, mapOf, type Traced, type TracedMap, tracedValue } from './traced.js'

/**
 * A git source names its revision in one key: a commit, `refs/tags/T` or `refs/heads/B`; `HEAD` is left out.
 */
export function finishGitSource(source: TracedMap): TracedMap {
  const { members } = source
  const revision =
    members.get('rev') ??
    prefixed(members.get('tag'), 'refs/tags/') ??
    prefixed(members.get('branch'), 'refs/heads/')
  const isHead = revision?.kind === 'leaf' && String(revision.value).toUpperCase() === 'HEAD'
  const rest = [...members].filter(([key]) => !['git', 'rev', 'tag', 'branch'].includes(key))
  return mapOf([['git', members.get('git')], ['rev', isHead ? undefined : revision], ...rest])
}

function prefixed(traced: Traced | undefined, prefix: string): Traced | undefined {
  return traced?.kind === 'leaf' ? { ...traced, value: `${prefix}${String(traced.value)}` } : undefined
}

/** One build step; undefined when its condition is false or it has no commands. */
export function renderStep(
  renderer: Renderer,
  section: LoadedSection,
  render: RenderField,
): Traced | undefined {
  const run = renderCommands(renderer, section.members.get('run'))
  if (!stepRuns(renderer, section.members.get('if')) || run.length === 0) return undefined
  const member = (key: 'interpreter' | 'env' | 'cwd' | 'reusable') => {
    const loaded = section.members.get(key)
    return loaded && render(renderer, stepFields[key], loaded, key)
  }
  return mapOf([
    ['run', { kind: 'list', items: run }],
    ['interpreter', member('interpreter')],
    ['env', member('env')],
    ['cwd', member('cwd')],
    ['reusable', member('reusable')],
  ])
}

function stepRuns(renderer: Renderer, condition: LoadedValue | undefined): boolean {
  const text = condition?.kind === 'list' ? condition.items[0] : undefined
  if (text?.kind !== 'text') return true
  try {
    return isTruthy(evaluate(parseBareExpression(text.text), renderer.session.scope))
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error
    reportError(renderer, toBuildError(renderer, text.scalar, error))
    return false
  }
}

/** `github:owner/repo@ref` as an object, key order as in rattler-build (spec: render.md 6.2). */
export function renderPublishers(renderer: Renderer, loaded: LoadedValue): Traced | undefined {
  if (loaded.kind !== 'list') return undefined
  const items: Traced[] = []
  visitItems(renderer, loaded.items, (inner, item) => {
    const rendered = item.kind === 'text' ? renderText(inner, item) : undefined
    const match = /^([^:]+):([^/]+)\/([^@]+)(?:@(.*))?$/.exec(rendered?.text ?? '')
    if (rendered === undefined || match === null) return
    const [, provider = '', owner = '', repo = '', reference] = match
    items.push(leaf({ provider, owner, repo, ref_constraint: reference ?? null }, rendered.origin))
  })
  return items.length > 0 ? { kind: 'list', items } : undefined
}

/**
 * `extra`: scalars typed as data, templates filled, keys below the first level sorted (spec: render.md 2).
 */
export function renderData(renderer: Renderer, data: LoadedData): Traced | undefined {
  if (data.node.kind !== 'mapping') return undefined
  const entries = data.node.entries.map(({ key, value }): readonly [string, Traced] => [
    key.text,
    dataValue(renderer, data, value),
  ])
  return entries.length > 0 ? mapOf(entries) : undefined
}

function originOf(node: YamlNode) {
  return { span: node.span, branches: [], reads: [] }
}

function dataValue(renderer: Renderer, data: LoadedData, node: YamlNode): Traced {
  if (node.kind === 'scalar') return dataScalar(renderer, data, node)
  if (node.kind === 'sequence')
    return { kind: 'list', items: node.items.map((item) => dataValue(renderer, data, item)) }
  const entries = node.entries.map(({ key, value }): [string, Traced] => [
    key.text,
    dataValue(renderer, data, value),
  ])
  return mapOf(entries.sort(([left], [right]) => (left < right ? -1 : 1)))
}

function dataScalar(renderer: Renderer, data: LoadedData, node: YamlScalar): Traced {
  const text = data.texts.get(node)
  if (text?.template) return leaf(renderText(renderer, text)?.text ?? '', originOf(node))
  // Empty and null words are null even in quotes.
  if (node.text === '' || node.text === '~' || node.text === 'null') return leaf(null, originOf(node))
  return tracedValue(node.plain ? typedScalar(node.text) : node.text, originOf(node))
}

function typedScalar(text: string): Value {
  if (/^(?:true|True|TRUE)$/.test(text)) return true
  if (/^(?:false|False|FALSE)$/.test(text)) return false
  if (/^[+-]?\d+$/.test(text)) return typedInteger(text)
  if (/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text)) {
    const number = Number(text)
    return Number.isFinite(number) ? number : null
  }
  return /^[+-]?(?:inf|infinity|nan)$/i.test(text) ? null : text
}

/** Whole numbers beyond 64 bits become floats. */
function typedInteger(text: string): Value {
  const integer = BigInt(text.replace(/^\+/, ''))
  return integer >= -(2n ** 63n) && integer < 2n ** 63n ? integer : Number(text)
}
