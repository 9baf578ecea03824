/** Decides which packages of a subdir changed since the last indexing, so that forms of the index follow without looking at all. */
import { createHash } from 'node:crypto'
import type { ReadFile } from './page.js'

export interface SubdirChanges {
  /** The state of all files at the last indexing; empty when nothing is remembered of it. */
  readonly from: string
  /** The state of all files now. Two equal states are of equal files, however they came about. */
  readonly to: string
  /** Names of the packages that have files which came, went or changed in between. */
  readonly names: ReadonlySet<string>
}

export interface ChangedFiles {
  /** The state before. */
  readonly from: string
  /** Files of the pages that differ, as they were. */
  readonly before: readonly ReadFile[]
  /** As they are now; those that did not change are the same objects. */
  readonly after: readonly ReadFile[]
}

export function changesBetween({ from, before, after }: ChangedFiles): SubdirChanges {
  const [kept, there] = [new Set(before), new Set(after.map(({ fn }) => fn))]
  const made = after.filter((file) => !kept.has(file))
  const gone = before.filter(({ fn }) => !there.has(fn))
  if (made.length + gone.length === 0) return { from, to: from, names: new Set() }
  const changed = new Set(made.map(({ fn }) => fn))
  const replaced = before.filter(({ fn }) => changed.has(fn))
  const names = [...made, ...gone, ...replaced].flatMap(({ content }) => {
    return 'problem' in content ? [] : [content.record.name]
  })
  // What came after a state is told by that state and the changes: the hash need not be of all files.
  const steps = [from, ...made.map((file) => JSON.stringify(file)), '', ...gone.map(({ fn }) => fn)]
  const to = createHash('sha256').update(steps.join('\n')).digest('hex')
  return { from, to, names: new Set(names) }
}
