/** Decides which files of a subdir have to be read again, and collects what the index says of all (spec: package.md 7.3). */
import path from 'node:path'
import { type IndexedRecord, parseArchiveName } from '../../conda/index.js'
import { isBuildError } from '../../errors/index.js'
import type { StageContext } from '../../system/index.js'
import { mapConcurrently } from '../install-prefixes/index.js'
import { entriesOf, filesOf, type Page, packagesOf, quarantinedOf, type ReadFile, toPage } from './page.js'
import { divide, splitIntoPages } from './paging.js'
import { readPackageRecord } from './read-package-record.js'
import { nothingRemembered, readRemembered, writeRemembered } from './remembered-pages.js'
import { addRevisions } from './revision-summaries.js'
import { changesBetween } from './subdir-changes.js'
import type { SubdirContent } from './subdir-content.js'
import type { ListedFile, QuarantinedFile } from './types.js'

export interface ReadSubdir extends SubdirContent {
  readonly quarantined: readonly QuarantinedFile[]
  /** Saves what was read for the next time. */
  readonly remember: () => Promise<void>
}

export interface SubdirRequest {
  /** Absolute. */
  readonly directory: string
  readonly subdir: string
  readonly known?: readonly ListedFile[] | undefined
  readonly force?: boolean | undefined
  /** `<subdir>/<file name>` */
  readonly without?: ReadonlySet<string> | undefined
  /** Also what channeldata.json tells. */
  readonly withFacts?: boolean | undefined
}

/** All package files of a subdir; those that did not change since the last time are not opened. */
export async function readSubdir(request: SubdirRequest, context: StageContext): Promise<ReadSubdir> {
  const { directory, subdir, force } = request
  const remembered = force ? nothingRemembered : await readRemembered(directory, context)
  const found = await findFiles(request, context)
  const runs = matchPages(remembered.pages, found, request)
  const stale = runs.filter(({ isKept }) => !isKept)
  const before = stale.flatMap(({ page }) => (page ? filesOf(page) : []))
  const stillFound = stale.flatMap(({ files }) => files)
  const after = await readChanged({ request, total: found.length, found: stillFound, before }, context)
  const read = new Map(after.map((file) => [file.fn, file]))
  const pages = runs.flatMap(({ page, isKept, files }) => {
    if (page && isKept) return page
    return splitIntoPages(files.flatMap(({ fn }) => read.get(fn) ?? [])).map(toPage)
  })
  const changes = changesBetween({ from: remembered.state, before, after })
  return {
    subdir,
    pages,
    changes,
    revisions: addRevisions(pages.map(({ summary }) => summary.revisions)),
    quarantined: pages.flatMap(quarantinedOf),
    remember: async () => {
      if (changes.to !== changes.from) {
        await writeRemembered(directory, { state: changes.to, pages }, context)
      }
    },
  }
}

/** The packages of a subdir, read without changing anything there. */
export async function listPackages(
  request: Pick<SubdirRequest, 'directory' | 'subdir'>,
  context: StageContext,
): Promise<readonly ListedFile[]> {
  return (await readSubdir(request, context)).pages.flatMap(packagesOf)
}

interface FoundFile extends Pick<ReadFile, 'fn' | 'stamp'> {
  readonly sizeBytes: number
}

/** Sorted by name. */
async function findFiles(
  { directory, subdir, without }: SubdirRequest,
  { system }: StageContext,
): Promise<readonly FoundFile[]> {
  const entries = await system.fs.listWithInfo(directory)
  return entries
    .filter(({ name, type }) => type === 'file' && parseArchiveName(name))
    .filter(({ name }) => !without?.has(`${subdir}/${name}`))
    .map(({ name: fn, stamp, sizeBytes }) => ({ fn, stamp, sizeBytes }))
}

/** Files of one page, as they are now. */
interface Run {
  /** Undefined when nothing is remembered. */
  readonly page: Page | undefined
  /** Whether the page still has just these files, and of them all that is asked for. */
  readonly isKept: boolean
  readonly files: readonly FoundFile[]
}

function matchPages(
  pages: readonly Page[],
  found: readonly FoundFile[],
  { withFacts = false }: SubdirRequest,
): readonly Run[] {
  const starts = pages.map(({ summary }) => summary.first)
  return divide(starts, found, ({ fn }) => fn).map((files, at) => {
    const page = pages[at]
    const isEnough = !withFacts || page?.summary.hasFacts === true
    return { page, files, isKept: isEnough && page?.entries === entriesOf(files) }
  })
}

interface ChangedFiles {
  readonly request: SubdirRequest
  /** How many files the subdir has. */
  readonly total: number
  readonly found: readonly FoundFile[]
  /** As they were the last time. */
  readonly before: readonly ReadFile[]
}

async function readChanged(
  { request, total, found, before }: ChangedFiles,
  context: StageContext,
): Promise<readonly ReadFile[]> {
  const { subdir, known = [] } = request
  const last = new Map(before.map((file) => [file.fn, file]))
  const isSame = ({ fn, stamp }: FoundFile) =>
    last.get(fn)?.stamp === stamp && isEnough(last.get(fn), request)
  const changed = found.filter((file) => !isSame(file))
  const report = createReport(subdir, { total, todo: changed.length }, context)
  const records = new Map(known.map((item) => [item.fn, item]))
  const read = await mapConcurrently(changed, 4, async (file) => {
    const content = await readContent({ ...file, request, known: records.get(file.fn) }, context)
    report()
    return { fn: file.fn, stamp: file.stamp, content }
  })
  const fresh = new Map(read.map((file) => [file.fn, file]))
  return found.flatMap(({ fn }) => fresh.get(fn) ?? last.get(fn) ?? [])
}

/** What is remembered without facts is read again by those who want them. */
function isEnough(file: ReadFile | undefined, { withFacts = false }: SubdirRequest): boolean {
  return !withFacts || (file !== undefined && ('problem' in file.content || file.content.facts !== undefined))
}

interface FileRequest extends FoundFile {
  readonly request: SubdirRequest
  readonly known: IndexedRecord | undefined
}

async function readContent(
  { request, fn, sizeBytes, known }: FileRequest,
  context: StageContext,
): Promise<ReadFile['content']> {
  const { directory, subdir, withFacts } = request
  if (known && known.record.size === sizeBytes && !withFacts) {
    const { record, revision } = known
    return { fn, record, ...(revision && { revision }) }
  }
  try {
    const file = path.join(directory, fn)
    return { fn, ...(await readPackageRecord({ file, fn, subdir, withFacts }, context)) }
  } catch (error) {
    if (context.signal.aborted || !isBuildError(error) || error.code.startsWith('system/')) throw error
    return { problem: error.message }
  }
}

function createReport(
  subject: string,
  { total, todo }: { readonly total: number; readonly todo: number },
  { emit, system }: StageContext,
): () => void {
  let done = total - todo
  let lastMs = system.clock.monotonic()
  return () => {
    done += 1
    const nowMs = system.clock.monotonic()
    if (nowMs - lastMs < 100) return
    lastMs = nowMs
    emit({ type: 'progress', stage: 'index', action: 'index', subject, done, total, unit: 'files' })
  }
}
