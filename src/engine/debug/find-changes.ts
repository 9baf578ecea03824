/** Finds what differs between the sources as they came and a work directory, and which source each change belongs to. */
import path from 'node:path'
import type { RenderedSource } from '../../recipe/index.js'
import { type DiffedFile, sourceName } from '../../stages/fetch-sources/index.js'
import type { FileSystem, WalkEntry } from '../../system/index.js'
import { generatedFiles } from '../generated-files.js'

export interface TreeComparison {
  /** Absolute. */
  readonly before: string
  /** Absolute. */
  readonly after: string
  /** Name of the source by path. */
  readonly owners: ReadonlyMap<string, string>
  readonly sources: readonly RenderedSource[]
  readonly isWanted: (path: string) => boolean
  /** Whether a file that no source has is a change. */
  readonly isAdded: (path: string) => boolean
}

/** One changed file, relative to the directory of its source. */
export interface TreeChange {
  /** Index of the source. */
  readonly source: number
  readonly path: string
  /** `other` for links and whatever else no patch can carry. */
  readonly kind: 'file' | 'other'
  readonly before: DiffedFile | undefined
  readonly after: DiffedFile | undefined
  readonly isNew: boolean
}

/** All changes, by path. Files that only the work directory has are what the build made, unless they are asked for. */
export async function findChanges(
  comparison: TreeComparison,
  fs: FileSystem,
): Promise<readonly TreeChange[]> {
  const [old, made] = [await listFiles(comparison.before, fs), await listFiles(comparison.after, fs)]
  const changes: TreeChange[] = []
  for (const name of [...new Set([...old.keys(), ...made.keys()])].sort()) {
    const source = sourceOf(name, comparison)
    const below = path.posix.relative(directoryOf(comparison.sources[source]), name)
    if (!comparison.isWanted(below)) continue
    const [left, right] = [old.get(name), made.get(name)]
    if (left === undefined && (generatedFiles.test(name) || !comparison.isAdded(below))) continue
    const change = await compare(name, { left, right, comparison, fs })
    if (change) changes.push({ source, path: below, ...change, isNew: left === undefined })
  }
  return changes
}

async function listFiles(root: string, fs: FileSystem): Promise<ReadonlyMap<string, WalkEntry>> {
  const isGit = (entry: WalkEntry) => entry.path === '.git' || entry.path.endsWith('/.git')
  const entries = (await fs.walk(root, isGit)).filter((entry) => !isGit(entry))
  return new Map(
    entries
      .filter((entry) => entry.type !== 'directory' && entry.path !== '.source_info.json')
      .map((entry) => [entry.path, entry]),
  )
}

interface Sides {
  readonly left: WalkEntry | undefined
  readonly right: WalkEntry | undefined
  readonly comparison: TreeComparison
  readonly fs: FileSystem
}

async function compare(
  name: string,
  { left, right, comparison, fs }: Sides,
): Promise<Pick<TreeChange, 'kind' | 'before' | 'after'> | undefined> {
  const places = { left: path.join(comparison.before, name), right: path.join(comparison.after, name) }
  if (left?.type === 'symlink' && right?.type === 'symlink') {
    const isSame = (await fs.readLink(places.left)) === (await fs.readLink(places.right))
    return isSame ? undefined : { kind: 'other', before: nothing, after: nothing }
  }
  const isPlain = (entry: WalkEntry | undefined) => entry === undefined || entry.type === 'file'
  if (!isPlain(left) || !isPlain(right))
    return { kind: 'other', before: left && nothing, after: right && nothing }
  const before = left && (await readFile(places.left, fs))
  const after = right && (await readFile(places.right, fs))
  const isSame =
    before &&
    after &&
    isProgram(before) === isProgram(after) &&
    Buffer.compare(before.content, after.content) === 0
  return isSame ? undefined : { kind: 'file', before, after }
}

const nothing: DiffedFile = { content: new Uint8Array(), mode: 0o644 }

async function readFile(file: string, fs: FileSystem): Promise<DiffedFile> {
  const info = await fs.lstat(file)
  return { content: await fs.readBytes(file), mode: info?.mode ?? 0o644 }
}

function isProgram({ mode }: DiffedFile): boolean {
  return (mode & 0o100) !== 0
}

/** The source that brought the file, else the one whose directory is nearest. */
function sourceOf(name: string, { owners, sources }: TreeComparison): number {
  const owner = owners.get(name)
  const around = sources
    .map((source, index) => ({ source, index, directory: directoryOf(source) }))
    .filter(({ directory }) => directory === '' || name.startsWith(`${directory}/`))
    .sort((left, right) => right.directory.length - left.directory.length)
  return (around.find(({ source }) => sourceName(source) === owner) ?? around[0])?.index ?? 0
}

function directoryOf(source: RenderedSource | undefined): string {
  const directory = path.posix.normalize(source?.target_directory ?? '.').replace(/\/$/, '')
  return directory === '.' ? '' : directory
}
