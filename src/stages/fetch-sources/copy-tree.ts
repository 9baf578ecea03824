/** Copies a source tree into the work directory: filtered, without the output directory, never over another source. */
import { createHash, type Hash } from 'node:crypto'
import { dirname, join, relative, resolve } from 'node:path'
import type { FileSystem, StageContext, WalkEntry } from '../../system/index.js'
import { createGlobFilter, createIgnoreFilter, type GlobLists, type IgnoreFile } from '../../text/index.js'
import { badFilter, leavesWorkDirectory, specialSourceFile } from './errors.js'
import { claimDirectory, claimFile, type WorkTree } from './work-tree.js'

export interface CopyRequest {
  /** Absolute directory. */
  readonly from: string
  /** Absolute directory in the work tree. */
  readonly to: string
  /** Shown in messages. */
  readonly source: string
  readonly filter?: GlobLists | undefined
  readonly useGitignore: boolean
  /** Absolute directories that are never copied. */
  readonly never: readonly string[]
  /** Gets path, kind and content of everything that is copied; absent when a checksum is known already. */
  readonly hash?: Hash
}

/** @returns the number of files and links */
export async function copyTree(request: CopyRequest, tree: WorkTree, context: StageContext): Promise<number> {
  const { fs } = context.system
  const { root, wanted } = await listTree(request, fs)
  await makeDirectories(wanted, request, { tree, fs })
  const files = wanted.filter((entry) => entry.type !== 'directory')
  for (let start = 0; start < files.length; start += parallelCopies) {
    context.signal.throwIfAborted()
    const batch = files.slice(start, start + parallelCopies)
    const copied = await Promise.all(
      batch.map((entry) => copyEntry(entry, join(root, entry.path), { request, tree, fs })),
    )
    for (const fact of copied) if (fact !== undefined) request.hash?.update(fact)
  }
  return files.length
}

/** What would be copied: entries relative to the root, parents before children. @throws BuildError `source/special-file` */
export async function listTree(
  request: Pick<CopyRequest, 'from' | 'filter' | 'useGitignore' | 'never'>,
  fs: FileSystem,
): Promise<{ readonly root: string; readonly wanted: readonly WalkEntry[] }> {
  const isIgnored = await readIgnoreFilter(request, fs)
  const never = new Set(await Promise.all(request.never.map((path) => realOrSame(path, fs))))
  const root = await fs.realPath(request.from)
  const skip = (entry: WalkEntry) =>
    never.has(join(root, entry.path)) || isIgnored(entry.path, entry.type === 'directory')
  const entries = await fs.walk(root, skip)
  const isWanted = request.filter === undefined ? undefined : filterOf(request.filter)
  const wanted = entries.filter((entry) =>
    isWanted ? entry.type !== 'directory' && isWanted(entry.path) : true,
  )
  const special = wanted.find((entry) => entry.type === 'other')
  if (special !== undefined) throw specialSourceFile(join(root, special.path))
  return { root, wanted }
}

/** Copies that run at the same time; more gain nothing on a local disk. */
const parallelCopies = 16

/** Copies one file under a name of its own; times are not kept, as for freshly fetched files. */
export async function placeFile(
  from: string,
  to: string,
  options: { readonly source: string; readonly tree: WorkTree; readonly context: StageContext },
): Promise<void> {
  const { source, tree, context } = options
  const { fs } = context.system
  claimFile(to, source, tree)
  await claimDirectory(dirname(to), source, { tree, fs })
  await fs.copyFile(from, to)
  await makeWritable(to, fs)
}

/** A directory or file name of a source entry as an absolute path in the work directory. */
export function resolveInWork(root: string, field: string, value: string): string {
  const path = resolve(root, value)
  const inside = relative(root, path)
  if (value.startsWith('/') || inside.startsWith('..')) throw leavesWorkDirectory(field, value)
  return path
}

interface CopyWork {
  readonly request: CopyRequest
  readonly tree: WorkTree
  readonly fs: FileSystem
}

/** @returns what the entry adds to the hash of the source, when one is wanted */
async function copyEntry(
  entry: WalkEntry,
  from: string,
  { request, tree, fs }: CopyWork,
): Promise<string | undefined> {
  const to = join(request.to, entry.path)
  claimFile(to, request.source, tree)
  // A build that runs again finds its own files from before.
  if (!tree.wasEmpty && (await fs.lstat(to)) !== undefined) await fs.remove(to)
  if (entry.type === 'symlink') {
    const target = await fs.readLink(from)
    await fs.symlink(target, to)
    return `link ${entry.path}\0${target}\0`
  }
  const info = await fs.lstat(from)
  const mode = info?.mode ?? 0o644
  const sizeBytes = info?.sizeBytes ?? 0
  const sha256 = await copyContent({ from, to, mode, sizeBytes }, request.hash !== undefined, fs)
  if (info !== undefined) await fs.setTimes(to, info.mtimeMs)
  return `file ${mode & 0o100} ${entry.path}\0${sha256}\0`
}

interface FileCopy {
  readonly from: string
  readonly to: string
  readonly mode: number
  readonly sizeBytes: number
}

/** A stream costs more than the content of a small file. */
const smallFile = 4 << 20

/** @returns the SHA-256 of the content when `isHashed`, which costs no second reading of small files */
async function copyContent(
  { from, to, mode, sizeBytes }: FileCopy,
  isHashed: boolean,
  fs: FileSystem,
): Promise<string> {
  const hash = createHash('sha256')
  if (isHashed && sizeBytes <= smallFile) {
    const content = await fs.readBytes(from)
    await fs.writeFile(to, content, { mode: mode | 0o200 })
    return hash.update(content).digest('hex')
  }
  await fs.copyFile(from, to)
  if ((mode & 0o200) === 0) await makeWritable(to, fs)
  if (!isHashed) return ''
  for await (const chunk of fs.createReadStream(from)) hash.update(chunk as Buffer)
  return hash.digest('hex')
}

async function makeDirectories(
  entries: readonly WalkEntry[],
  { to, source }: CopyRequest,
  place: { readonly tree: WorkTree; readonly fs: FileSystem },
): Promise<void> {
  const directories = new Set(
    entries.map((entry) => join(to, entry.type === 'directory' ? entry.path : dirname(entry.path))),
  )
  for (const directory of [to, ...directories]) await claimDirectory(directory, source, place)
}

/** Patches and build scripts change files, whatever the archive said. */
async function makeWritable(path: string, fs: FileSystem): Promise<void> {
  const info = await fs.lstat(path)
  if (info?.type === 'file') await fs.chmod(path, info.mode | 0o200)
}

function filterOf(filter: GlobLists): (path: string) => boolean {
  try {
    return createGlobFilter(filter)
  } catch (error) {
    throw badFilter(error instanceof Error ? error.message : String(error))
  }
}

async function realOrSame(path: string, fs: FileSystem): Promise<string> {
  return (await fs.stat(path)) === undefined ? path : fs.realPath(path)
}

/** Rules inside the tree, and those of its parents up to the root of the git checkout it lies in. */
async function readIgnoreFilter(request: Pick<CopyRequest, 'from' | 'useGitignore'>, fs: FileSystem) {
  const names = ['.condapackageignore', ...(request.useGitignore ? ['.gitignore'] : [])]
  const root = await fs.realPath(request.from)
  const top = request.useGitignore ? await findCheckout(root, fs) : root
  const below = relative(top, root)
  const files: IgnoreFile[] = []
  const add = async (directory: string, name: string) => {
    const path = join(top, directory, name)
    if ((await fs.stat(path))?.type === 'file') files.push({ directory, text: await fs.readText(path) })
  }
  const parents =
    below === '' ? [] : below.split('/').map((_, index, parts) => parts.slice(0, index).join('/'))
  for (const parent of parents) await add(parent, '.gitignore')
  for (const entry of await fs.walk(root, (item) => item.path === '.git' || item.path.endsWith('/.git'))) {
    const name = entry.path.split('/').at(-1) ?? ''
    if (entry.type === 'file' && names.includes(name))
      await add(join(below, dirname(entry.path)).replace(/^\.$|\/\.$/, ''), name)
  }
  const filter = await createIgnoreFilter(files)
  return (path: string, isDirectory: boolean) => filter(below === '' ? path : `${below}/${path}`, isDirectory)
}

async function findCheckout(root: string, fs: FileSystem): Promise<string> {
  for (let directory = root; ; directory = dirname(directory)) {
    if ((await fs.stat(join(directory, '.git'))) !== undefined) return directory
    if (directory === dirname(directory)) return root
  }
}
