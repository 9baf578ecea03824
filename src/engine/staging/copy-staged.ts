/** Copies what a script made to another place: links stay links, and the path of the build becomes the new one. */
import { createHash } from 'node:crypto'
import path from 'node:path'
import type { FileInfo, FileSystem, StageContext, WalkEntry } from '../../system/index.js'

export interface StagedCopy {
  /** Absolute. */
  readonly from: string
  /** Absolute; need not exist. */
  readonly to: string
  /** Relative to `from`. */
  readonly isKept: (name: string) => boolean
  /** Build directories of the same length in bytes: one can stand for the other in any file. */
  readonly moved: { readonly from: string; readonly to: string } | undefined
}

/** @returns the number of files and links */
export async function copyStaged(
  request: StagedCopy,
  { system, signal }: Pick<StageContext, 'system' | 'signal'>,
): Promise<number> {
  const { fs } = system
  const { from, to, isKept } = request
  const entries = await fs.walk(from)
  const kept = entries.filter((entry) => isKept(entry.path))
  const copied = new Map<string, string>()
  await fs.makeDirectory(to)
  let count = 0
  for (const entry of kept) {
    signal.throwIfAborted()
    if (entry.type === 'directory') await fs.makeDirectory(path.join(to, entry.path))
    else if (await copyEntry(entry, request, { fs, copied })) count += 1
  }
  return count
}

interface CopyState {
  readonly fs: FileSystem
  /** Where the file of an inode went. */
  readonly copied: Map<string, string>
}

async function copyEntry(
  entry: WalkEntry,
  { from, to, moved }: StagedCopy,
  { fs, copied }: CopyState,
): Promise<boolean> {
  const [source, target] = [path.join(from, entry.path), path.join(to, entry.path)]
  const info = await fs.lstat(source)
  if (info === undefined || entry.type === 'other') return false
  await fs.makeDirectory(path.dirname(target))
  if ((await fs.lstat(target)) !== undefined) await fs.remove(target)
  if (entry.type === 'symlink') {
    const link = await fs.readLink(source)
    await fs.symlink(moved === undefined ? link : link.replaceAll(moved.from, moved.to), target)
    return true
  }
  const key = `${info.device}:${info.inode}`
  const first = copied.get(key)
  if (first !== undefined) await fs.linkFiles([{ from: first, to: target }])
  else {
    copied.set(key, target)
    await copyContent({ source, target, info, moved }, fs)
  }
  return true
}

interface ContentCopy {
  readonly source: string
  readonly target: string
  readonly info: FileInfo
  readonly moved: StagedCopy['moved']
}

async function copyContent({ source, target, info, moved }: ContentCopy, fs: FileSystem): Promise<void> {
  const content = moved === undefined || moved.from === moved.to ? undefined : await fs.readBytes(source)
  const text = content && Buffer.from(content.buffer, content.byteOffset, content.byteLength)
  if (moved === undefined || !text?.includes(moved.from)) await fs.copyFile(source, target)
  else {
    const [old, made] = [moved.from, moved.to].map((item) => Buffer.from(item).toString('latin1'))
    const replaced = text.toString('latin1').replaceAll(old ?? '', () => made ?? '')
    await fs.writeFile(target, Buffer.from(replaced, 'latin1'))
  }
  await fs.chmod(target, info.mode)
  // What looks newer than its sources is not made again.
  await fs.setTimes(target, info.mtimeMs)
}

/** A hash over names, kinds and contents below a directory; what version control keeps for itself does not count. */
export async function digestTree(
  root: string,
  isSkipped: (name: string) => boolean,
  { system }: Pick<StageContext, 'system'>,
): Promise<string> {
  const { fs } = system
  const hash = createHash('sha256')
  const skip = (entry: WalkEntry) => /(?:^|\/)\.git$/.test(entry.path) || isSkipped(entry.path)
  for (const { path: name, type } of await fs.walk(root, skip)) {
    if (name === '.source_info.json') continue
    const file = path.join(root, name)
    hash.update(`${type}\0${name}\0`)
    if (type === 'symlink') hash.update(await fs.readLink(file))
    if (type !== 'file') continue
    const mode = (await fs.lstat(file))?.mode ?? 0
    hash.update(`${mode & 0o100}\0`)
    for await (const chunk of fs.createReadStream(file)) hash.update(chunk as Buffer)
  }
  return hash.digest('hex')
}
