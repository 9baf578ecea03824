/** Lists a tree. */
import type { Dirent } from 'node:fs'
import fs from 'node:fs/promises'
import path from 'node:path'
import type { FileType, WalkEntry } from './types.js'

/** Entries below `root`, parents before children, siblings sorted by code unit; links are not followed. */
export async function walk(
  root: string,
  skip: (entry: WalkEntry) => boolean = () => false,
): Promise<WalkEntry[]> {
  const entries: WalkEntry[] = []
  await walkInto(root, '', { entries, skip })
  return entries
}

interface Walk {
  readonly entries: WalkEntry[]
  readonly skip: (entry: WalkEntry) => boolean
}

async function walkInto(root: string, relative: string, state: Walk): Promise<void> {
  const children = await readDirectory(path.join(root, relative))
  children.sort((left, right) => (left.name < right.name ? -1 : 1))
  for (const child of children) {
    const entry = { path: relative === '' ? child.name : `${relative}/${child.name}`, type: typeOf(child) }
    if (state.skip(entry)) continue
    state.entries.push(entry)
    if (entry.type === 'directory') await walkInto(root, entry.path, state)
  }
}

async function readDirectory(directory: string): Promise<Dirent[]> {
  try {
    return await fs.readdir(directory, { withFileTypes: true })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

function typeOf(entry: Dirent): FileType {
  if (entry.isFile()) return 'file'
  if (entry.isDirectory()) return 'directory'
  return entry.isSymbolicLink() ? 'symlink' : 'other'
}
