/** Decides the bytes of a repodata.json, and replaces it when they changed (spec: package.md 7.2, 7.4). */
import path from 'node:path'
import { compressZstd } from '../../archive/index.js'
import { type StageContext, stampOf } from '../../system/index.js'
import { malformedFormerIndex, newerRepodata } from './errors.js'
import { readForm } from './form-file.js'
import { extensions, type SectionKey } from './index-sections.js'
import { concatBytes, interleave } from './join-bytes.js'
import { readLines, toLine, writeLines } from './remembered-lines.js'
import { countPackages, jsonObject, type SubdirContent } from './subdir-content.js'

/** A repodata.json that is to be. */
export interface Repodata {
  /** Absolute. */
  readonly file: string
  readonly bytes: Buffer
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
  { directory, ...content }: SubdirContent & { readonly directory: string },
  context: StageContext,
): Promise<Repodata> {
  const file = path.join(directory, 'repodata.json')
  const bytes = renderRepodata(content)
  const former = await readForm(file, context)
  const isChanged = !former?.equals(bytes)
  if (former && isChanged) checkFormer(file, former, context)
  return { file, bytes, isChanged }
}

/**
 * Writes repodata.json, and the compressed form first, so that no reader finds a record in only one of them.
 * @returns whether the content changed
 */
export async function writeRepodata(
  { file, bytes, isChanged }: Repodata,
  { compress, force }: RepodataOptions,
  context: StageContext,
): Promise<boolean> {
  const { fs } = context.system
  const twin = `${file}.zst`
  const isWanted = compress || (await fs.stat(twin)) !== undefined
  const isStale = isWanted && (isChanged || force || !(await isWrittenTogether(file, context)))
  const compressed = isStale ? await compressZstd(bytes, zstdLevel, context.system) : undefined
  const isTwinChanged = compressed && !(await readForm(twin, context))?.equals(compressed)
  await fs.writeTogether([
    ...(isTwinChanged ? [{ file: twin, content: compressed }] : []),
    ...(isChanged ? [{ file, content: bytes }] : []),
  ])
  if (isStale) await rememberTogether(file, context)
  return isChanged
}

/** Whether both forms are those that were written last. A writer that is killed leaves only one of them new. */
async function isWrittenTogether(file: string, context: StageContext): Promise<boolean> {
  const [stamps] = await readLines(notePath(file), format, context)
  return stamps?.toString() === (await stampsOf(file, context))
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

/**
 * Compact JSON without a newline at the end: `packages`, `packages.conda`, and `v3` when there are records of revision 3
 * (CEP 48).
 */
function renderRepodata({ subdir, pages, revisions }: SubdirContent): Buffer {
  const info = { subdir, ...(countPackages(pages) > 0 && { repodata_revisions: revisions }) }
  const section = (key: SectionKey) => jsonObject(pages, ({ records }) => records[key])
  const revised = extensions
    .filter((extension) => pages.some(({ records }) => records[`3${extension}`].length > 0))
    .map((extension) => concatBytes([`"${extension.slice(1)}":`, ...section(`3${extension}`)]))
  return concatBytes([
    `{"info":${JSON.stringify(info)},"packages":`,
    ...section('.tar.bz2'),
    ',"packages.conda":',
    ...section('.conda'),
    ...(revised.length > 0 ? [',"v3":{', ...interleave(revised, ','), '}'] : []),
    ',"repodata_version":2}',
  ])
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
