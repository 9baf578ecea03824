/** Removes trees, read-only directories included, and many files at once. */
import { lstatSync, readdirSync, rmdirSync, unlinkSync } from 'node:fs'
import fs from 'node:fs/promises'
import path from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'

/** Files between two turns of the event loop. */
const batchSize = 1000

/** Like `rm -rf`; when a directory is read-only for us it is made writable and the removal tried again. */
export async function removeTree(target: string): Promise<void> {
  if (lstatSync(target, { throwIfNoEntry: false })?.isDirectory()) {
    // What resists is left to the careful way below, which knows about busy files and those that others add meanwhile.
    const isGone = await removeQuickly(target, { count: 0 }).catch(() => false)
    if (isGone) return
  }
  try {
    await fs.rm(target, { recursive: true, force: true, maxRetries: 3 })
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code !== 'EACCES' && code !== 'EPERM') throw error
    await makeWritable(target)
    await fs.rm(target, { recursive: true, force: true, maxRetries: 3 })
  }
}

/** Synchronous calls, as in `linkFiles`, and no look at entries whose type the listing told: half the time of `fs.rm`. */
async function removeQuickly(directory: string, done: { count: number }): Promise<boolean> {
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const file = path.join(directory, entry.name)
    if (entry.isDirectory()) await removeQuickly(file, done)
    else unlinkSync(file)
    done.count += 1
    if (done.count % batchSize === 0) await nextTurn()
  }
  rmdirSync(directory)
  return true
}

async function makeWritable(directory: string): Promise<void> {
  const info = await fs.lstat(directory)
  if (!info.isDirectory()) return
  await fs.chmod(directory, 0o700)
  for (const name of await fs.readdir(directory)) await makeWritable(path.join(directory, name))
}

/** Synchronous calls in batches, as in `linkFiles`. @returns how many files were removed */
export async function unlinkFiles(files: readonly string[]): Promise<number> {
  let removed = 0
  for (let start = 0; start < files.length; start += batchSize) {
    for (const file of files.slice(start, start + batchSize)) if (tryUnlink(file)) removed += 1
    await nextTurn()
  }
  return removed
}

const notThere = new Set(['ENOENT', 'ENOTDIR', 'EISDIR'])

function tryUnlink(file: string): boolean {
  try {
    unlinkSync(file)
    return true
  } catch (error) {
    if (notThere.has((error as NodeJS.ErrnoException).code ?? '')) return false
    // What Linux calls EISDIR is EPERM on a Mac.
    if (lstatSync(file, { throwIfNoEntry: false })?.isDirectory()) return false
    throw error
  }
}

const staysThere = new Set(['ENOENT', 'ENOTDIR', 'ENOTEMPTY', 'EEXIST'])

/** False when the directory is not empty, is none, or is not there. */
export async function removeEmptyDirectory(directory: string): Promise<boolean> {
  try {
    await fs.rmdir(directory)
    return true
  } catch (error) {
    if (staysThere.has((error as NodeJS.ErrnoException).code ?? '')) return false
    throw error
  }
}
