/** Decides what there is to say about `build.skip`: which of its expressions hold, and what they read. */
import type { SkipExpression } from '../../recipe/index.js'
import { explainBranches, explainReads } from './explain-reads.js'
import { placeOf } from './place.js'
import type { ExplainedValue, ExplainSubject, Explanation } from './types.js'

/** The explanation of `build.skip` or one of its items; undefined for another path or an item that is not there. */
export function explainSkip(path: string, subject: ExplainSubject): Explanation | undefined {
  const [, index] = /^build\.skip(?:\[(\d+)\])?$/.exec(path) ?? []
  const values = subject.output.provenance.skips.map((skip, at) => describe(skip, at, subject))
  if (!path.startsWith('build.skip') || values.length === 0) return undefined
  const { id } = subject
  if (index !== undefined) {
    const value = values[Number(index)]
    return value && { kind: 'value', id, ...value }
  }
  if (path !== 'build.skip') return undefined
  return { kind: 'group', id, path, value: values.map(({ value }) => value), values, dropped: [] }
}

function describe(skip: SkipExpression, index: number, subject: ExplainSubject): ExplainedValue {
  return {
    path: `build.skip[${index}]`,
    value: skip.holds,
    at: placeOf(skip.span, subject),
    template: skip.text,
    reads: explainReads(skip.reads, subject),
    branches: explainBranches(skip.branches, subject),
  }
}
