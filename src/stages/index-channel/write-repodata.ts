/** Decides the bytes of a repodata.json, and replaces it when they changed (spec: package.md 7.2, 7.4). */
import path from 'node:path'
import { compressZstd } from '../../archive/index.js'
import type { PackageRecord } from '../../conda/index.js'
import type { StageContext } from '../../system/index.js'
import { malformedFormerIndex, newerRepodata } from './errors.js'
import type { ListedFile } from './read-subdir.js'

export interface RepodataRequest {
  /** Absolute. */
  readonly directory: string
  readonly subdir: string
  readonly records: readonly ListedFile[]
  /** Also write repodata.json.zst. */
  readonly compress: boolean
}

/** The highest level saves another sixth and takes twenty times as long, at every publication. */
const zstdLevel = 9

/**
 * Writes repodata.json, and the compressed form first, so that no reader finds a record in only one of them.
 * @returns whether the content changed
 */
export async function writeRepodata(request: RepodataRequest, context: StageContext): Promise<boolean> {
  const { fs } = context.system
  const file = path.join(request.directory, 'repodata.json')
  const text = renderRepodata(request.subdir, request.records)
  const former = (await fs.stat(file)) ? await fs.readText(file) : undefined
  const isChanged = former !== text
  if (former !== undefined && isChanged) checkFormer(file, former, context)
  const hasCompressed = (await fs.stat(`${file}.zst`)) !== undefined
  if (request.compress ? isChanged || !hasCompressed : isChanged && hasCompressed) {
    await fs.writeFileAtomic(`${file}.zst`, await compressZstd(Buffer.from(text), zstdLevel, context.system))
  }
  if (isChanged) await fs.writeFileAtomic(file, text)
  return isChanged
}

/** Compact JSON without a newline at the end. */
export function renderRepodata(subdir: string, records: readonly ListedFile[]): string {
  return JSON.stringify({
    info: { subdir, ...(records.length > 0 && { repodata_revisions: summarizeRevisions(records) }) },
    ...repodataSections(records),
    repodata_version: 2,
  })
}

/** The parts of an index that hold records: `packages`, `packages.conda`, and `v3` when there are some of revision 3. */
export function repodataSections(records: readonly ListedFile[]): {
  readonly [section: string]: Readonly<Record<string, unknown>>
} {
  const plain = records.filter(({ revision }) => revision === undefined)
  const revised = records.filter(({ revision }) => revision === 3)
  return {
    packages: section(plain, '.tar.bz2'),
    'packages.conda': section(plain, '.conda'),
    ...(revised.length > 0 && { v3: revisedSections(revised) }),
  }
}

/** `info.repodata_revisions`: how many records there are of each revision, and from when to when. */
export function summarizeRevisions(
  records: readonly ListedFile[],
): Readonly<Record<string, RevisionSummary>> {
  const plain = records.filter(({ revision }) => revision === undefined)
  const revised = records.filter(({ revision }) => revision === 3)
  return {
    ...(plain.length > 0 && { v0: summarize(plain) }),
    ...(revised.length > 0 && { v3: summarize(revised) }),
  }
}

interface RevisionSummary {
  readonly n_packages: number
  readonly oldest?: number
  readonly newest?: number
}

function summarize(records: readonly ListedFile[]): RevisionSummary {
  const times = records.flatMap(({ record }) => record.timestamp ?? [])
  const [first] = times
  if (first === undefined) return { n_packages: records.length }
  const oldest = times.reduce((left, right) => Math.min(left, right), first)
  const newest = times.reduce((left, right) => Math.max(left, right), first)
  return { n_packages: records.length, oldest, newest }
}

function section(records: readonly ListedFile[], extension: string): Record<string, PackageRecord> {
  const own = records.filter(({ fn }) => fn.endsWith(extension))
  return Object.fromEntries(own.map(({ fn, record }) => [fn, record]))
}

/** Keyed without extension (CEP 48). */
function revisedSections(records: readonly ListedFile[]): Record<string, Record<string, PackageRecord>> {
  const sections = ['tar.bz2', 'conda'].map((extension) => {
    const own = records.filter(({ fn }) => fn.endsWith(`.${extension}`))
    return [
      extension,
      own.map(({ fn, record }) => [fn.slice(0, -extension.length - 1), record] as const),
    ] as const
  })
  const filled = sections.filter(([, own]) => own.length > 0)
  return Object.fromEntries(filled.map(([extension, own]) => [extension, Object.fromEntries(own)]))
}

/** Refuses to drop records of a revision that krait does not know; any other damage is healed by writing anew. */
function checkFormer(file: string, text: string, { emit }: StageContext): void {
  // What krait wrote itself, as nearly always, need not be parsed.
  const isOwn = text.startsWith('{"info":{') && text.endsWith('"repodata_version":2}')
  if (isOwn && !/"v(?:[4-9]|\d{2,})":/.test(text)) return
  const keys = topLevelKeys(text)
  if (!keys) {
    emit({ type: 'warning', ...malformedFormerIndex(path.basename(path.dirname(file))) })
    return
  }
  const newer = keys.find((key) => /^v\d+$/.test(key) && Number(key.slice(1)) > 3)
  if (newer !== undefined) throw newerRepodata(file, newer)
}

function topLevelKeys(text: string): readonly string[] | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? Object.keys(value) : undefined
  } catch {
    return undefined
  }
}
