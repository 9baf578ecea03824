/** Tells which files of a tree change, from the moment that this is asked for. */
import { type FSWatcher, lstatSync, readdirSync, watch } from 'node:fs'
import path from 'node:path'

/**
 * Watches each directory by itself: what is skipped costs nothing, a directory that comes later is watched too, and
 * an editor that writes beside a file and renames is seen like any other. Gives the function that ends it.
 */
export function watchTree(
  root: string,
  { skip, onChange }: { readonly skip: (path: string) => boolean; readonly onChange: (path: string) => void },
): () => void {
  const watchers = new Map<string, FSWatcher>()
  const forget = (directory: string) => {
    watchers.get(directory)?.close()
    watchers.delete(directory)
  }
  const add = (directory: string, isNew: boolean): void => {
    if (watchers.has(directory)) return
    const watcher = open(directory, (name) => {
      const file = path.join(directory, name)
      if (skip(file)) return
      onChange(file)
      if (typeOf(file) === 'directory') add(file, true)
      else forget(file)
    })
    if (watcher === undefined) return
    watchers.set(directory, watcher)
    watcher.on('error', () => forget(directory))
    for (const name of namesIn(directory)) {
      const file = path.join(directory, name)
      if (skip(file)) continue
      // Files can come into a new directory before it is watched.
      if (typeOf(file) === 'directory') add(file, isNew)
      else if (isNew) onChange(file)
    }
  }
  add(root, false)
  return () => {
    for (const directory of [...watchers.keys()]) forget(directory)
  }
}

/** Undefined when the directory is not there any more. */
function open(directory: string, onName: (name: string) => void): FSWatcher | undefined {
  try {
    return watch(directory, (_, name) => {
      if (name !== null) onName(name)
    })
  } catch {
    return undefined
  }
}

function typeOf(file: string): 'directory' | 'other' | undefined {
  const info = lstatSync(file, { throwIfNoEntry: false })
  if (info === undefined) return undefined
  return info.isDirectory() ? 'directory' : 'other'
}

function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory)
  } catch {
    return []
  }
}
