/** Decides which packages of a subdir changed since the last indexing, so that forms of the index follow without looking at all. */
import { createHash } from 'node:crypto'
import type { RememberedFile, RememberedFiles } from './remembered-files.js'

export interface SubdirChanges {
  /** The state of all files at the last indexing; empty when nothing is remembered of it. */
  readonly from: string
  /** The state of all files now. Two equal states are of equal files, however they came about. */
  readonly to: string
  /** Names of the packages that have files which came, went or changed in between. */
  readonly names: ReadonlySet<string>
}

/** @param files all that are there now; unchanged ones are those that are remembered */
export function changesSince(remembered: RememberedFiles, files: readonly RememberedFile[]): SubdirChanges {
  const { state: from } = remembered
  const changed = files.filter((file) => remembered.files.get(file.fn) !== file)
  const there = new Set(files.map(({ fn }) => fn))
  const gone = [...remembered.files.values()].filter(({ fn }) => !there.has(fn))
  if (changed.length + gone.length === 0) return { from, to: from, names: new Set() }
  const replaced = changed.flatMap(({ fn }) => remembered.files.get(fn) ?? [])
  const names = [...changed, ...gone, ...replaced].flatMap(({ content }) => {
    return 'problem' in content ? [] : [content.name]
  })
  // What came after a state is told by that state and the changes: the hash need not be of all files.
  const steps = [from, ...changed.map(({ line }) => line), '', ...gone.map(({ fn }) => fn)]
  const to = createHash('sha256').update(steps.join('\n')).digest('hex')
  return { from, to, names: new Set(names) }
}
