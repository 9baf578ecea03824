/** What a package holds, read from its archive in one pass: facts about every file, and the documents of `info/`. */
import { createHash } from 'node:crypto'
import { type PackageEntry, readPackageEntries } from '../../archive/index.js'
import type { StageContext } from '../../system/index.js'
import { parentDirectories } from '../../text/index.js'
import type { FileFacts } from './difference.js'
import type { PackageFile } from './fetch-package.js'
import { listPaths, type PackageMetadata } from './metadata.js'
import { documentFiles, toMetadata } from './read-metadata.js'

export interface PackageContent {
  readonly metadata: PackageMetadata
  /** By path, in the order of the archive; files below `info/` too. */
  readonly files: ReadonlyMap<string, FileFacts>
  /** Paths that the archive holds more than once; the last one counts. */
  readonly repeated: readonly string[]
}

/** Sees the bytes of files while they are read. */
export interface ContentVisitor {
  readonly push: (chunk: Uint8Array) => void
  /** @param sha256 of the whole content */
  readonly end: (sha256: string) => void
}

type Visit = (entry: PackageEntry) => ContentVisitor | undefined

/** @param visit asked for each file; what it gives sees the content. @throws BuildError `archive/...` */
export async function readContent(
  file: PackageFile,
  context: StageContext,
  visit: Visit = () => undefined,
): Promise<PackageContent> {
  const facts = new Map<string, FileFacts>()
  const repeated: string[] = []
  const documents = new Map<string, Uint8Array>()
  for await (const entry of readPackageEntries(file.path, context)) {
    if (facts.has(entry.path) && entry.type !== 'directory') repeated.push(entry.path)
    facts.set(entry.path, await readEntry(entry, facts, (bytes) => documents.set(entry.path, bytes), visit))
  }
  const metadata = toMetadata(file, documents)
  // Of those something is told anyway.
  const filled = parentDirectories(facts.keys())
  const files = new Map([...facts].filter(([path]) => !filled.has(path)))
  for (const { path, fileMode, prefixPlaceholder } of listPaths(metadata)) {
    const known = files.get(path)
    if (known && prefixPlaceholder !== undefined) files.set(path, { ...known, prefix: fileMode ?? 'text' })
  }
  return { metadata, files, repeated }
}

const wantedDocuments = new Set<string>(documentFiles)

async function readEntry(
  entry: PackageEntry,
  earlier: ReadonlyMap<string, FileFacts>,
  keep: (bytes: Uint8Array) => void,
  visit: Visit,
): Promise<FileFacts> {
  const { type, linkTarget } = entry
  if (type === 'directory') return { type, sizeBytes: 0 }
  if (type === 'symlink') return { type, sizeBytes: Buffer.byteLength(linkTarget), linkTarget }
  if (type === 'hardlink') return earlier.get(linkTarget) ?? { type: 'file', sizeBytes: 0 }
  const hash = createHash('sha256')
  const visitor = visit(entry)
  const chunks: Uint8Array[] | undefined = wantedDocuments.has(entry.path) ? [] : undefined
  for await (const chunk of entry.content) {
    hash.update(chunk)
    visitor?.push(chunk)
    chunks?.push(chunk)
  }
  const sha256 = hash.digest('hex')
  visitor?.end(sha256)
  if (chunks) keep(Buffer.concat(chunks))
  return {
    type: 'file',
    mode: entry.mode.toString(8),
    sizeBytes: entry.sizeBytes,
    sha256,
  }
}
