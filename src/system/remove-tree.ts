/** Removes trees, read-only directories included, and many files at once. */
import { lstatSync, unlinkSync } from 'node:fs'
import fs from 'node:fs/promises'
import path from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'

/** Like `rm -rf`; when a directory is read-only for us it is made writable and the removal tried again. */
export async function removeTree(target: string): Promise<void> {
  try {
    await fs.rm(target, { recursive: true, force: true, maxRetries: 3 })
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code !== 'EACCES' && code !== 'EPERM') throw error
    await makeWritable(target)
    await fs.rm(target, { recursive: true, force: true, maxRetries: 3 })
  }
}

async function makeWritable(directory: string): Promise<void> {
  const info = await fs.lstat(directory)
  if (!info.isDirectory()) return
  await fs.chmod(directory, 0o700)
  for (const name of await fs.readdir(directory)) await makeWritable(path.join(directory, name))
}

const batchSize = 1000

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
