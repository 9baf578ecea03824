/** Decides how the values that a template read are told: who gave each of them. */
import type { Branch, Read } from '../../recipe/index.js'
import { platformVariables, toJson } from '../../template/index.js'
import { configuredItems, variantSource } from './configured-variants.js'
import { placeOf } from './place.js'
import type { ExplainedBranch, ExplainedRead, ExplainSubject, ValueSource } from './types.js'

/** Each value once. @param told context variables whose own origin was told already; filled as it goes */
export function explainReads(
  reads: readonly Read[],
  subject: ExplainSubject,
  told: Set<string> = new Set(),
): readonly ExplainedRead[] {
  const unique = new Map(reads.map((read) => [`${read.from.kind} ${read.name}`, read]))
  return [...unique.values()].map((read) => {
    const { name, value } = read
    const shown = { name, ...(value !== undefined && { value }), from: sourceOf(read, subject) }
    return read.from.kind === 'context' ? { ...shown, ...contextOrigin(name, subject, told) } : shown
  })
}

export function explainBranches(
  branches: readonly Branch[],
  subject: ExplainSubject,
): readonly ExplainedBranch[] {
  return branches.map(({ selector, took, span, reads }) => ({
    selector,
    took,
    at: placeOf(span, subject),
    reads: explainReads(reads, subject),
  }))
}

/** The template of a context variable, if it has one, and what that mentions. */
export function contextOrigin(
  key: string,
  subject: ExplainSubject,
  told: Set<string> = new Set(),
): Pick<ExplainedRead, 'template' | 'reads'> {
  const entry = subject.recipe.context.find((candidate) => candidate.key === key)
  if (entry?.value.kind !== 'text' || entry.value.template === undefined || told.has(key)) return {}
  told.add(key)
  const reads = mentionedReads(entry.value.names, subject, key)
  return { template: entry.value.text, reads: explainReads(reads, subject, told) }
}

/**
 * The variables a text mentions, with their values; for texts whose reads were not recorded.
 * @param before only context variables above this one can be meant
 */
export function mentionedReads(
  names: Iterable<string>,
  subject: ExplainSubject,
  before?: string,
): readonly Read[] {
  const { context } = subject.recipe
  const limit = before === undefined ? context.length : context.findIndex(({ key }) => key === before)
  const visible = new Map(context.slice(0, limit).map((entry) => [entry.key, entry]))
  const platforms = platformVariables(subject.options.platforms)
  return [...names].flatMap((name): Read[] => {
    const entry = visible.get(name)
    if (entry) {
      const value = Object.hasOwn(subject.output.recipe.context, name)
        ? subject.output.recipe.context[name]
        : undefined
      return [{ name, value, from: { kind: 'context', span: entry.value.span } }]
    }
    const variant = readVariant(name, subject)
    if (variant) return [variant]
    const platform = platforms.get(name)
    return platform === undefined ? [] : [{ name, value: toJson(platform), from: { kind: 'platform' } }]
  })
}

/** Templates see the platform that is built for, while the variant of a noarch output says `noarch`. */
function readVariant(name: string, subject: ExplainSubject): Read | undefined {
  const items = configuredItems(name, subject.options)
  const { variant } = subject.output
  const used = Object.hasOwn(variant, name) && name !== 'target_platform' ? variant[name] : undefined
  const item = items.find(({ value }) => value === used) ?? (items.length === 1 ? items[0] : undefined)
  const value = used ?? item?.value
  if (value === undefined) return undefined
  return { name, value, from: { kind: 'variant', ...(item?.span && { span: item.span }) } }
}

function sourceOf({ name, value, from }: Read, subject: ExplainSubject): ValueSource {
  switch (from.kind) {
    case 'context':
      return { kind: 'context', at: placeOf(from.span, subject) }
    case 'variant':
      if (from.span) return { kind: 'variant-file', at: placeOf(from.span, subject) }
      return variantSource(name, typeof value === 'number' ? value : String(value), subject)
    case 'env':
      return { kind: 'environment' }
    case 'file':
      return from
    default:
      return { kind: from.kind }
  }
}
