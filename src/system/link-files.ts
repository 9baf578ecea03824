/** Places many files at once, by hard link where the file system allows it. */
import { copyFileSync, linkSync, mkdirSync, rmSync, statSync, utimesSync } from 'node:fs'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { LinkRequest } from './types.js'

// Synchronous calls in batches are about twice as fast as promises for small metadata operations (spec: environment.md C.7);
// a batch is short enough to keep the status line moving and Ctrl-C responsive.
const batchSize = 1000

/** @returns the number of files that became links; the others are copies */
export async function linkFiles(
  requests: readonly LinkRequest[],
  onProgress: (done: number) => void = () => {},
): Promise<number> {
  let linked = 0
  let canLink = true
  for (let start = 0; start < requests.length; start += batchSize) {
    for (const request of requests.slice(start, start + batchSize)) {
      canLink = canLink && tryLink(request)
      if (canLink) linked += 1
      else copy(request)
    }
    onProgress(Math.min(start + batchSize, requests.length))
    await nextTurn()
  }
  return linked
}

/** Parents have to come first. */
export async function createDirectories(directories: readonly string[]): Promise<void> {
  for (let start = 0; start < directories.length; start += batchSize) {
    for (const directory of directories.slice(start, start + batchSize)) tryMakeDirectory(directory)
    await nextTurn()
  }
}

function tryMakeDirectory(directory: string): void {
  try {
    mkdirSync(directory)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}

const cannotLink = new Set(['EXDEV', 'EPERM', 'EMLINK', 'ENOSYS', 'ENOTSUP'])

/** False when this pair of devices does not take links; other errors are thrown. */
function tryLink(request: LinkRequest): boolean {
  try {
    linkSync(request.from, request.to)
    return true
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? ''
    if (cannotLink.has(code)) return false
    if (code !== 'EEXIST') throw error
    rmSync(request.to, { force: true })
    linkSync(request.from, request.to)
    return true
  }
}

/** Compiled python files name the time of their source, so a copy has the time of the original. */
function copy({ from, to }: LinkRequest): void {
  rmSync(to, { force: true })
  copyFileSync(from, to)
  const { atime, mtime } = statSync(from)
  utimesSync(to, atime, mtime)
}
