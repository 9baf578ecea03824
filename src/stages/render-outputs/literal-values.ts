/** Remembers what rendering makes of values without templates: that is the same for every combination and run. */
import type { LoadedItem, LoadedValue } from '../../recipe/index.js'
import type { Renderer } from './renderer.js'
import type { Traced } from './traced.js'

/**
 * The result of `render`, which runs once for a list or section in which nothing depends on the combination. What a
 * branch chose is never remembered, because its origin names the branch; nor is what had a mistake, because each
 * rendering reports it.
 */
export function renderOnce(
  renderer: Renderer,
  loaded: LoadedValue,
  render: () => Traced | undefined,
): Traced | undefined {
  if (loaded.kind === 'text' || renderer.branches.length > 0 || !isLiteral(loaded)) return render()
  const known = renderedValues(renderer)
  if (known.has(loaded)) return known.get(loaded)
  const mistakes = renderer.diagnostics.length
  const rendered = render()
  if (renderer.diagnostics.length === mistakes) known.set(loaded, rendered)
  return rendered
}

type RenderedValues = WeakMap<LoadedValue, Traced | undefined>

/** The flags decide which fields may be used and how specs are read, so each setting of them has its own table. */
const stable = { plain: new WeakMap(), v3: new WeakMap() } satisfies Record<string, RenderedValues>
const experimental = { plain: new WeakMap(), v3: new WeakMap() } satisfies Record<string, RenderedValues>

function renderedValues({ session: { options } }: Renderer): RenderedValues {
  const tables = options.experimental === true ? experimental : stable
  return options.v3 === true ? tables.v3 : tables.plain
}

const literal = new WeakMap<LoadedValue, boolean>()

/** True when no template, no `if` and no bare expression is inside; scripts have names without a template. */
function isLiteral(item: LoadedItem): boolean {
  if (item.kind === 'text') return item.template === undefined && item.names.size === 0
  if (item.kind === 'conditional') return false
  const known = literal.get(item)
  if (known !== undefined) return known
  const found = findOut(item)
  literal.set(item, found)
  return found
}

function findOut(value: Exclude<LoadedValue, { readonly kind: 'text' }>): boolean {
  if (value.kind === 'list') return value.items.every(isLiteral)
  if (value.kind === 'data') return [...value.texts.values()].every(isLiteral)
  // The `if` of a build step is an expression without the marks of a template.
  return !value.members.has('if') && [...value.members.values()].every(isLiteral)
}
