/** Decides how the values that a template read are told: who gave each of them. */
import type { Branch, Read } from '../../recipe/index.js'
import { variantSource } from './configured-variants.js'
import { placeOf } from './place.js'
import type { ExplainedBranch, ExplainedRead, ExplainSubject, ValueSource } from './types.js'
import { toPointer } from './value-path.js'

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

/** The template of a context variable, if it has one, and what that read. */
export function contextOrigin(
  key: string,
  subject: ExplainSubject,
  told: Set<string> = new Set(),
): Pick<ExplainedRead, 'template' | 'reads'> {
  const origin = subject.output.provenance.origins.get(toPointer(['context', key]))
  if (origin?.template === undefined || told.has(key)) return {}
  told.add(key)
  return { template: origin.template, reads: explainReads(origin.reads, subject, told) }
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
