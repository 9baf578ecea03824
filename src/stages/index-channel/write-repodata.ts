/** Decides the bytes of a repodata.json, and replaces it when they changed (spec: package.md 7.2, 7.4). */
import path from 'node:path'
import { compressZstd } from '../../archive/index.js'
import type { StageContext } from '../../system/index.js'
import { groupBy } from '../../text/index.js'
import { malformedFormerIndex, newerRepodata } from './errors.js'
import { readForm } from './form-file.js'
import type { IndexedFile } from './indexed-file.js'
import { extensionOf, jsonMembers, type SubdirFiles } from './subdir-files.js'

export interface RepodataRequest extends SubdirFiles {
  /** Absolute. */
  readonly directory: string
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
  const content = Buffer.from(renderRepodata(request))
  const former = await readForm(file, context)
  const isChanged = !former?.equals(content)
  if (former && isChanged) checkFormer(file, former, context)
  const hasCompressed = (await fs.stat(`${file}.zst`)) !== undefined
  if (request.compress ? isChanged || !hasCompressed : isChanged && hasCompressed) {
    await fs.writeFileAtomic(`${file}.zst`, await compressZstd(content, zstdLevel, context.system))
  }
  if (isChanged) await fs.writeFileAtomic(file, content)
  return isChanged
}

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
