/** Decides what there is to say about a rendered value: where it is written, what it read, what was left out. */
import type { Origin } from '../../recipe/index.js'
import { isTemplate } from '../../template/index.js'
import type { Json } from '../../text/index.js'
import { contextOrigin, explainBranches, explainReads } from './explain-reads.js'
import { findAbsent } from './find-absent.js'
import { placeOf } from './place.js'
import type { ExplainedValue, ExplainSubject, GroupExplanation, ValueExplanation } from './types.js'
import { formatPath, isList, toPointer, type ValuePath } from './value-path.js'

/** The explanation of the value at a path that exists. */
export function explainValue(
  found: { readonly path: ValuePath; readonly value: Json },
  subject: ExplainSubject,
): ValueExplanation | GroupExplanation {
  const { path, value } = found
  const { id } = subject
  if (isOneValue(path, value, subject)) return { kind: 'value', id, ...describe(path, value, subject) }
  const values = leaves(path, value, subject)
  return { kind: 'group', id, path: formatPath(path), value, values, dropped: findAbsent(path, subject) }
}

/** Where a value comes from; parts of a value that was made as one (a pin) have its origin. */
export function findOrigin(path: ValuePath, { output }: ExplainSubject): Origin | undefined {
  for (let length = path.length; length > 0; length--) {
    const origin = output.provenance.origins.get(toPointer(path.slice(0, length)))
    if (origin) return origin
  }
  return undefined
}

function isOneValue(path: ValuePath, value: Json, { output }: ExplainSubject): boolean {
  return typeof value !== 'object' || value === null || output.provenance.origins.has(toPointer(path))
}

function leaves(path: ValuePath, value: Json, subject: ExplainSubject): ExplainedValue[] {
  if (isOneValue(path, value, subject)) return [describe(path, value, subject)]
  const members: [string | number, Json][] = isList(value)
    ? value.map((item, index) => [index, item])
    : Object.entries(value ?? {})
  return members.flatMap(([key, member]) => leaves([...path, key], member, subject))
}

function describe(path: ValuePath, value: Json, subject: ExplainSubject): ExplainedValue {
  const origin = findOrigin(path, subject)
  const text = formatPath(path)
  if (origin === undefined) {
    return { path: text, value, reads: [], branches: [], note: unwritten(text, subject) }
  }
  const at = placeOf(origin.span, subject)
  const branches = explainBranches(origin.branches, subject)
  const [section, key] = path
  if (section === 'context') {
    return { path: text, value, at, branches, reads: [], ...contextOrigin(String(key), subject) }
  }
  const { template } = origin
  if (template === undefined) {
    const spelling = subject.output.provenance.numbers.get(toPointer(path))
    const spelled = spelling === undefined ? {} : { spelling }
    return { path: text, value, ...spelled, at, branches, reads: [], ...lateNote(value) }
  }
  return { path: text, value, at, branches, template, reads: explainReads(origin.reads, subject) }
}

/** What made a value that is written nowhere. */
function unwritten(path: string, { options }: ExplainSubject): string {
  if (path === 'build.string') return 'made of the variant and the build number: `krait explain hash`'
  if (path === 'build.number' && options.buildNumber !== undefined)
    return 'from the command line: --build-num'
  return 'a default: the recipe does not say it'
}

/** Scripts keep their templates until they run. */
function lateNote(value: Json): Pick<ExplainedValue, 'note'> {
  const isLate = typeof value === 'string' && isTemplate(value)
  return isLate ? { note: 'its templates are filled in when the script runs' } : {}
}
