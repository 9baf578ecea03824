/** Decides the bytes of a repodata.json, and replaces it when they changed (spec: package.md 7.2, 7.4). */
import path from 'node:path'
import { compressZstd } from '../../archive/index.js'
import type { StageContext } from '../../system/index.js'
import { groupBy } from '../../text/index.js'
import { malformedFormerIndex, newerRepodata } from './errors.js'
import { stampOf } from './file-stamp.js'
import { readForm, replaceForm } from './form-file.js'
import type { IndexedFile } from './indexed-file.js'
import { readLines, toLine, writeLines } from './remembered-lines.js'
import { extensionOf, jsonMembers, type SubdirFiles } from './subdir-files.js'

/** A repodata.json that is to be. */
export interface Repodata {
  /** Absolute. */
  readonly file: string
  readonly content: Buffer
  readonly isChanged: boolean
}

export interface RepodataOptions {
  /** Also write repodata.json.zst. */
  readonly compress: boolean
  /** Trust no compressed form that is there. */
  readonly force?: boolean | undefined
}

/** The highest level saves another sixth and takes twenty times as long, at every publication. */
const zstdLevel = 9

/**
 * Decides the content; nothing is written yet, in no form.
 * @throws BuildError `index/newer-repodata`
 */
export async function prepareRepodata(
  { directory, ...files }: SubdirFiles & { readonly directory: string },
  context: StageContext,
): Promise<Repodata> {
  const file = path.join(directory, 'repodata.json')
  const content = Buffer.from(renderRepodata(files))
  const former = await readForm(file, context)
  const isChanged = !former?.equals(content)
  if (former && isChanged) checkFormer(file, former, context)
  return { file, content, isChanged }
}

/**
 * Writes repodata.json, and the compressed form first, so that no reader finds a record in only one of them.
 * @returns whether the content changed
 */
export async function writeRepodata(
  { file, content, isChanged }: Repodata,
  { compress, force }: RepodataOptions,
  context: StageContext,
): Promise<boolean> {
  const { fs } = context.system
  const compressed = `${file}.zst`
  const isWanted = compress || (await fs.stat(compressed)) !== undefined
  const isStale = isWanted && (isChanged || force || !(await isWrittenTogether(file, context)))
  if (isStale) await replaceForm(compressed, await compressZstd(content, zstdLevel, context.system), context)
  if (isChanged) await fs.writeFileAtomic(file, content)
  if (isStale) await rememberTogether(file, context)
  return isChanged
}

/** Whether both forms are those that were written last. A writer that is killed leaves only one of them new. */
async function isWrittenTogether(file: string, context: StageContext): Promise<boolean> {
  const [stamps] = await readLines(notePath(file), format, context)
  return stamps === (await stampsOf(file, context))
}

async function rememberTogether(file: string, context: StageContext): Promise<void> {
  await writeLines(notePath(file), { format, lines: [await stampsOf(file, context)] }, context)
}

async function stampsOf(file: string, { system }: StageContext): Promise<string> {
  const both = [await system.fs.stat(file), await system.fs.stat(`${file}.zst`)]
  return toLine(...both.map((info) => (info ? stampOf(info) : '')))
}

const format = 'krait repodata 1'
const notePath = (file: string) => path.join(path.dirname(file), '.cache', 'repodata')

/** Compact JSON without a newline at the end. */
function renderRepodata({ subdir, files, revisions }: SubdirFiles): string {
  const info = { subdir, ...(files.length > 0 && { repodata_revisions: revisions }) }
  return `{"info":${JSON.stringify(info)},${renderSections(files)},"repodata_version":2}`
}

/**
 * The members of an index that hold records, as JSON: `packages`, `packages.conda`, and `v3` when there are some of
 * revision 3, keyed without extension (CEP 48).
 */
export function renderSections(files: readonly IndexedFile[]): string {
  const sections = groupBy(files, (file) => `${file.revision ?? ''}${extensionOf(file)}`)
  const render = ({ record }: IndexedFile) => record
  const plain = (extension: string) => jsonMembers(sections.get(extension) ?? [], { render })
  const revised = ['.tar.bz2', '.conda'].flatMap((extension) => {
    const own = sections.get(`3${extension}`)
    const keyOf = (fn: string) => fn.slice(0, -extension.length)
    return own ? [`"${extension.slice(1)}":${jsonMembers(own, { keyOf, render })}`] : []
  })
  return [
    `"packages":${plain('.tar.bz2')}`,
    `"packages.conda":${plain('.conda')}`,
    ...(revised.length > 0 ? [`"v3":{${revised.join(',')}}`] : []),
  ].join(',')
}

/** Refuses to drop records of a revision that krait does not know; any other damage is healed by writing anew. */
function checkFormer(file: string, former: Buffer, { emit }: StageContext): void {
  // What krait wrote itself, as nearly always, need not be parsed.
  const text = former.toString('latin1')
  const isOwn = text.startsWith('{"info":{') && text.endsWith('"repodata_version":2}')
  if (isOwn && !/"v(?:[4-9]|\d{2,})":/.test(text)) return
  const keys = topLevelKeys(former.toString())
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
