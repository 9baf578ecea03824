/** Finds out whether files changed: by what the file system says where that is proof, else by their content. */
import { createHash } from 'node:crypto'
import path from 'node:path'
import type { FileInfo, FileSystem, System, WalkEntry } from '../../system/index.js'
import { directoryContent, parentsOf } from './plan-sync.js'

/** Files as they were at one time. */
export interface Marks {
  /** Milliseconds since the epoch, before the first file was looked at. */
  readonly takenMs: number
  /** One line for each path: kind and what tells that it is the same. */
  readonly files: Readonly<Record<string, string>>
}

/** The same with the content of every file: `file 0 <sha256>`, `link <target>`, `directory`. */
export interface Contents extends Marks {
  readonly contents: Readonly<Record<string, string>>
}

type Effects = Pick<System, 'fs' | 'clock'>

const parallelLooks = 32

/** All below a directory. @param skip prunes */
export async function markTree(
  root: string,
  system: Effects,
  { skip, takenMs }: { readonly skip?: (entry: WalkEntry) => boolean; readonly takenMs?: number } = {},
): Promise<Marks> {
  const now = takenMs ?? system.clock.now()
  const entries = (await system.fs.walk(root, skip)).filter((entry) => !skip?.(entry))
  const paths = entries.map((entry) => entry.path)
  return { takenMs: now, files: await markPaths(paths, { root, takenMs: now }, system.fs) }
}

/** Of the paths, those that exist. @param root absolute, or empty for absolute paths */
export async function markPaths(
  paths: readonly string[],
  { root, takenMs }: { readonly root: string; readonly takenMs: number },
  fs: FileSystem,
): Promise<Record<string, string>> {
  const marks: Record<string, string> = {}
  for (let start = 0; start < paths.length; start += parallelLooks) {
    const batch = paths.slice(start, start + parallelLooks)
    const found = await Promise.all(batch.map((name) => markOf(path.join(root, name), takenMs, fs)))
    for (const [index, mark] of found.entries()) if (mark !== undefined) marks[batch[index] ?? ''] = mark
  }
  return marks
}

/** Clocks of file systems are coarser than ours. */
const coarseMs = 50

async function markOf(file: string, takenMs: number, fs: FileSystem): Promise<string | undefined> {
  const info = await fs.lstat(file)
  if (info === undefined) return undefined
  if (info.type === 'symlink') return `link ${await fs.readLink(file)}`
  if (info.type !== 'file') return info.type
  // What changed just now, or in the future of a clock that was set back, may change again without a trace.
  if (info.mtimeMs >= takenMs - coarseMs) return `file ${info.mode} ${await hashFile(file, fs)}`
  return `file ${info.mode} ${stampOf(info)}`
}

/** A file with several names gets a new change time whenever one of them comes or goes. */
function stampOf({ sizeBytes, mtimeNs, ctimeNs, inode, links }: FileInfo): string {
  return [sizeBytes, mtimeNs, inode, links === 1 ? ctimeNs : ''].join(' ')
}

/** Paths that came, went or are not the same any more; sorted. */
export function changedPaths(before: Marks['files'], after: Marks['files']): readonly string[] {
  const paths = new Set([...Object.keys(before), ...Object.keys(after)])
  return [...paths].filter((name) => before[name] !== after[name]).sort()
}

/** What has to be known of a tree to make it again: its files, its links, and directories that hold nothing. */
export function leavesOf(entries: readonly WalkEntry[]): readonly string[] {
  const parents = new Set(entries.flatMap((entry) => parentsOf(entry.path).slice(-1)))
  return entries
    .filter(({ type, path: name }) => type !== 'directory' || !parents.has(name))
    .map((entry) => entry.path)
}

/** The contents of paths, read only where marks of an earlier look do not prove that they are the same. */
export async function readContents(
  root: string,
  names: readonly string[],
  { known, system }: { readonly known?: Contents | undefined; readonly system: Effects },
): Promise<Contents> {
  const { fs, clock } = system
  const takenMs = clock.now()
  const paths = await belowDirectories(names, root, fs)
  const before = known ? await markPaths(paths, { root, takenMs: known.takenMs }, fs) : {}
  const files = await markPaths(paths, { root, takenMs }, fs)
  const contents: Record<string, string> = {}
  for (const name of Object.keys(files)) {
    const old = known?.contents[name]
    const isProven = old !== undefined && known?.files[name] === before[name]
    const content = isProven ? old : await contentOf(path.join(root, name), fs)
    if (content !== undefined) contents[name] = content
  }
  return { takenMs, files, contents }
}

/** What lies behind a link is not in the tree. */
async function belowDirectories(
  names: readonly string[],
  root: string,
  fs: FileSystem,
): Promise<readonly string[]> {
  const known = new Map<string, boolean>([['.', true]])
  const isReal = async (directory: string): Promise<boolean> => {
    const before = known.get(directory)
    if (before !== undefined) return before
    const isInside = await isReal(path.dirname(directory))
    const type = isInside ? (await fs.lstat(path.join(root, directory)))?.type : undefined
    known.set(directory, type === 'directory')
    return type === 'directory'
  }
  const kept: string[] = []
  for (const name of names) if (await isReal(path.dirname(name))) kept.push(name)
  return kept
}

/** Undefined for what is neither file nor link nor directory. */
async function contentOf(file: string, fs: FileSystem): Promise<string | undefined> {
  const info = await fs.lstat(file)
  if (info?.type === 'symlink') return `link ${await fs.readLink(file)}`
  if (info?.type === 'directory') return directoryContent
  if (info?.type !== 'file') return undefined
  return `file ${info.mode & 0o100} ${await hashFile(file, fs)}`
}

/** SHA-256 of a file's content, hexadecimal. */
export async function hashFile(file: string, fs: FileSystem): Promise<string> {
  const hash = createHash('sha256')
  const info = await fs.lstat(file)
  if ((info?.sizeBytes ?? 0) < 1 << 22) return hash.update(await fs.readBytes(file)).digest('hex')
  for await (const chunk of fs.createReadStream(file)) hash.update(chunk as Buffer)
  return hash.digest('hex')
}
