/** Decides which files of a subdir have to be read again, and collects all records (spec: package.md 7.3). */
import path from 'node:path'
import { type IndexedRecord, type PackageRecord, parseArchiveName } from '../../conda/index.js'
import { isBuildError } from '../../errors/index.js'
import type { FileInfo, StageContext } from '../../system/index.js'
import { mapConcurrently } from '../install-prefixes/index.js'
import type { PackageFacts } from './package-facts.js'
import { readPackageRecord } from './read-package-record.js'
import type { QuarantinedFile } from './types.js'

/** A record with the file it is about. */
export interface ListedFile extends IndexedRecord {
  readonly fn: string
  /** Only when they were asked for. */
  readonly facts?: PackageFacts
}

export interface SubdirContent {
  /** Sorted by the bytes of the file name. */
  readonly records: readonly ListedFile[]
  readonly quarantined: readonly QuarantinedFile[]
}

export interface SubdirFiles {
  /** Absolute. */
  readonly directory: string
  readonly subdir: string
  readonly known: readonly ListedFile[]
  readonly force?: boolean | undefined
  readonly without?: ReadonlySet<string> | undefined
  /** Also what channeldata.json tells. */
  readonly withFacts?: boolean | undefined
}

/** The records of all package files in a subdir; files that did not change since the last time are not opened. */
export async function readSubdir(files: SubdirFiles, context: StageContext): Promise<SubdirContent> {
  const { fs } = context.system
  const cachePath = path.join(files.directory, '.cache', 'index.json')
  const cache = files.force ? new Map<string, CacheEntry>() : await readCache(cachePath, context)
  const known = new Map(files.known.map((item) => [item.fn, item]))
  const names = (await fs.list(files.directory))
    .filter((name) => parseArchiveName(name) && !files.without?.has(name))
    .sort(compareBytes)
  const report = createReport(files.subdir, names.length, context)
  const found = await mapConcurrently(names, 4, async (fn) => {
    const info = await fs.stat(path.join(files.directory, fn))
    if (info?.type !== 'file') return undefined
    const cached = cache.get(fn)
    const stamp = stampOf(info)
    const entry =
      cached?.stamp === stamp && isEnough(cached, files)
        ? cached
        : await readEntry({ files, fn, info, known: known.get(fn) }, context)
    report()
    return entry
  })
  const entries = found.flatMap((entry) => entry ?? [])
  const isSame = entries.length === cache.size && entries.every((entry) => cache.get(entry.fn) === entry)
  if (!isSame) await writeCache(cachePath, entries, context)
  return {
    records: entries.flatMap(({ fn, record, revision, facts }) =>
      record ? [{ fn, record, ...(revision && { revision }), ...(facts && { facts }) }] : [],
    ),
    quarantined: entries.flatMap(({ fn, problem }) =>
      problem === undefined ? [] : [{ fn, reason: problem }],
    ),
  }
}

/** What is remembered about a file: its record, or why it has none. */
interface CacheEntry {
  readonly fn: string
  readonly stamp: string
  readonly record?: PackageRecord
  readonly revision?: 3
  readonly facts?: PackageFacts
  readonly problem?: string
}

/** What is remembered without facts is read again by those who want them. */
function isEnough({ record, facts }: CacheEntry, { withFacts = false }: SubdirFiles): boolean {
  return !withFacts || record === undefined || facts !== undefined
}

const cacheVersion = 3

async function readCache(file: string, { system }: StageContext): Promise<ReadonlyMap<string, CacheEntry>> {
  try {
    const content = JSON.parse(await system.fs.readText(file)) as { version?: number; entries?: CacheEntry[] }
    const entries = content.version === cacheVersion && Array.isArray(content.entries) ? content.entries : []
    return new Map(entries.map((entry) => [entry.fn, entry]))
  } catch {
    // Private and worth nothing but time: without it every file is read again.
    return new Map()
  }
}

async function writeCache(
  file: string,
  entries: readonly CacheEntry[],
  { system }: StageContext,
): Promise<void> {
  await system.fs.makeDirectory(path.dirname(file))
  await system.fs.writeFileAtomic(file, JSON.stringify({ version: cacheVersion, entries }), { flush: false })
}

/** Changes whenever the file was written or replaced, also within the same second and with the same size. */
function stampOf({ sizeBytes, mtimeNs, inode }: FileInfo): string {
  return `${sizeBytes} ${mtimeNs} ${inode}`
}

function compareBytes(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right))
}

interface FileRequest {
  readonly files: SubdirFiles
  readonly fn: string
  readonly info: FileInfo
  readonly known: IndexedRecord | undefined
}

async function readEntry(
  { files, fn, info, known }: FileRequest,
  context: StageContext,
): Promise<CacheEntry> {
  const stamp = stampOf(info)
  if (known && known.record.size === info.sizeBytes && !files.withFacts) return { ...known, fn, stamp }
  try {
    const file = path.join(files.directory, fn)
    return {
      fn,
      stamp,
      ...(await readPackageRecord({ file, fn, subdir: files.subdir, withFacts: files.withFacts }, context)),
    }
  } catch (error) {
    if (context.signal.aborted || !isBuildError(error) || error.code.startsWith('system/')) throw error
    return { fn, stamp, problem: error.message }
  }
}

function createReport(subject: string, total: number, { emit, system }: StageContext): () => void {
  let done = 0
  let lastMs = system.clock.monotonic()
  return () => {
    done += 1
    const nowMs = system.clock.monotonic()
    if (nowMs - lastMs < 100) return
    lastMs = nowMs
    emit({ type: 'progress', stage: 'index', action: 'index', subject, done, total, unit: 'files' })
  }
}
