/** Decides how a work directory follows its sources: three-way, so that what the build made stays (spec: build.md 9.3). */

/**
 * Content by path, as `readContents` gives it: files, links and directories that hold nothing. A path that is not there has
 * none.
 */
export type ContentMap = Readonly<Record<string, string>>

export interface SyncInput {
  /** What the sources brought the last time. */
  readonly baseline: ContentMap
  /** What they bring now. */
  readonly fresh: ContentMap
  /** What is in the work directory now; only paths of the two others count. */
  readonly work: ContentMap
  /** What the script began with: other than the baseline where people had edited. */
  readonly begun: ContentMap
  /** What the script left there; undefined when it did not come to its end. */
  readonly left: ContentMap | undefined
}

export interface SyncPlan {
  /** To be copied from the fresh sources. */
  readonly copy: readonly string[]
  readonly remove: readonly string[]
  /** Copied or removed, but somebody had changed them: the old file is kept aside. */
  readonly conflicts: readonly string[]
  /** Changed in the work directory by hand, the sources did not change: they stay. */
  readonly edited: readonly string[]
  /** What is different in the sources themselves. */
  readonly changed: readonly string[]
}

/** The content of a directory. */
export const directoryContent = 'directory'

/**
 * A path that changed in the sources becomes what the sources say. One that did not, but was changed by the script
 * alone, goes back to what the script began with. Everything else stays.
 */
export function planSync({ baseline, fresh, work, begun, left }: SyncInput): SyncPlan {
  const plan = { copy: [], remove: [], conflicts: [], edited: [], changed: [] } as Record<
    keyof SyncPlan,
    string[]
  >
  const [oldAt, nextAt, nowAt] = [lookUp(baseline), lookUp(fresh), lookUp(work)]
  const [begunAt, leftAt] = [lookUp(begun), left && lookUp(left)]
  for (const path of [...new Set([...Object.keys(baseline), ...Object.keys(fresh)])].sort()) {
    const [old, next, now] = [oldAt(path), nextAt(path), nowAt(path)]
    const isChanged = old !== next
    if (isChanged) plan.changed.push(path)
    if (now === next) continue
    const isTouched = now !== old
    const byScript = begunAt(path) === old && (leftAt === undefined || now === leftAt(path))
    if (!isChanged && !byScript) {
      plan.edited.push(path)
      continue
    }
    // What only the script did, it does again; directories are no work of anybody.
    const isWork = isTouched && now !== undefined && now !== directoryContent
    if (isWork && (isChanged || left === undefined)) plan.conflicts.push(path)
    if (next === undefined) plan.remove.push(path)
    else plan.copy.push(path)
  }
  return plan
}

/** A directory that is not empty is there through what it holds, so getting its first file or losing its last is no change of it. */
function lookUp(contents: ContentMap): (path: string) => string | undefined {
  const parents = new Set(Object.keys(contents).flatMap(parentsOf))
  return (path) => contents[path] ?? (parents.has(path) ? directoryContent : undefined)
}

/** `a/b/c` to `a`, `a/b` */
export function parentsOf(name: string): readonly string[] {
  const parts = name.split('/').slice(0, -1)
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'))
}
