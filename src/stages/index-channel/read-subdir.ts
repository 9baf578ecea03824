/** Decides which files of a subdir have to be read again, and collects what the index says of all (spec: package.md 7.3). */
import path from 'node:path'
import { type IndexedRecord, parseArchiveName } from '../../conda/index.js'
import { isBuildError } from '../../errors/index.js'
import type { ListedEntry, StageContext } from '../../system/index.js'
import { mapConcurrently } from '../install-prefixes/index.js'
import { stampOf } from './file-stamp.js'
import { type IndexedFile, toIndexedFile, toListedFile } from './indexed-file.js'
import { readPackageRecord } from './read-package-record.js'
import {
  nothingRemembered,
  type RememberedFile,
  readRemembered,
  rememberFile,
  writeRemembered,
} from './remembered-files.js'
import { changesSince, type SubdirChanges } from './subdir-changes.js'
import type { ListedFile, QuarantinedFile } from './types.js'

export interface SubdirContent {
  /** Sorted by file name. */
  readonly files: readonly IndexedFile[]
  readonly quarantined: readonly QuarantinedFile[]
  readonly changes: SubdirChanges
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
export async function readSubdir(request: SubdirRequest, context: StageContext): Promise<SubdirContent> {
  const remembered = request.force ? nothingRemembered : await readRemembered(request.directory, context)
  const found = await findFiles(request, remembered.files, context)
  const changes = changesSince(remembered, found)
  return {
    files: found.flatMap(({ content }) => ('problem' in content ? [] : [content])),
    quarantined: found.flatMap(({ fn, content }) =>
      'problem' in content ? [{ fn, reason: content.problem }] : [],
    ),
    changes,
    remember: async () => {
      if (changes.to === changes.from) return
      await writeRemembered(request.directory, { state: changes.to, files: found }, context)
    },
  }
}

/** The packages of a subdir, read without changing anything there. */
export async function listPackages(
  request: Pick<SubdirRequest, 'directory' | 'subdir'>,
  context: StageContext,
): Promise<readonly ListedFile[]> {
  return (await readSubdir(request, context)).files.map(toListedFile)
}

async function findFiles(
  request: SubdirRequest,
  remembered: ReadonlyMap<string, RememberedFile>,
  context: StageContext,
): Promise<readonly RememberedFile[]> {
  const { directory, subdir, without, known = [] } = request
  const found = (await context.system.fs.listWithInfo(directory))
    .filter(({ name, info }) => info.type === 'file' && !without?.has(`${subdir}/${name}`))
    .filter(({ name }) => remembered.has(name) || parseArchiveName(name))
    .map(({ name: fn, info }) => {
      const stamp = stampOf(info)
      const last = remembered.get(fn)
      return { fn, info, stamp, last: last?.stamp === stamp && isEnough(last, request) ? last : undefined }
    })
  const changed = found.filter(({ last }) => !last)
  const report = createReport(subdir, { total: found.length, todo: changed.length }, context)
  const records = new Map(known.map((item) => [item.fn, item]))
  const read = await mapConcurrently(changed, 4, async ({ fn, info, stamp }) => {
    const file = await readFile({ request, fn, info, stamp, known: records.get(fn) }, context)
    report()
    return file
  })
  const fresh = new Map(read.map((file) => [file.fn, file]))
  return found.flatMap(({ fn, last }) => last ?? fresh.get(fn) ?? [])
}

/** What is remembered without facts is read again by those who want them. */
function isEnough({ content }: RememberedFile, { withFacts = false }: SubdirRequest): boolean {
  return !withFacts || 'problem' in content || content.facts !== undefined
}

interface FileRequest {
  readonly request: SubdirRequest
  readonly fn: string
  readonly info: ListedEntry['info']
  readonly stamp: string
  readonly known: IndexedRecord | undefined
}

async function readFile(
  { request, fn, info, stamp, known }: FileRequest,
  context: StageContext,
): Promise<RememberedFile> {
  const { directory, subdir, withFacts } = request
  if (known && known.record.size === info.sizeBytes && !withFacts) {
    return rememberFile({ fn, stamp, content: toIndexedFile({ ...known, fn }) })
  }
  try {
    const file = path.join(directory, fn)
    const record = await readPackageRecord({ file, fn, subdir, withFacts }, context)
    return rememberFile({ fn, stamp, content: toIndexedFile({ fn, ...record }) })
  } catch (error) {
    if (context.signal.aborted || !isBuildError(error) || error.code.startsWith('system/')) throw error
    return rememberFile({ fn, stamp, content: { problem: error.message } })
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
