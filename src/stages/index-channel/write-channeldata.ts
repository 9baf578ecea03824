/** Decides what channeldata.json tells about each package name of a channel (CEP 38, spec: package.md 7.5). */

import path from 'node:path'
import { compareVersions, type PackageRecord, parseVersion } from '../../conda/index.js'
import type { StageContext } from '../../system/index.js'
import { groupBy } from '../../text/index.js'
import { replaceForm } from './form-file.js'
import { type IndexedFile, type SubdirFiles, toListedFile } from './indexed-file.js'
import type { PackageFacts } from './package-facts.js'
import { readLines, toLine, writeLines } from './remembered-lines.js'

/**
 * Writes one line for each package name.
 * @param subdirs all of the channel
 * @returns whether the content changed
 */
export async function writeChanneldata(
  channelDirectory: string,
  subdirs: readonly Pick<SubdirFiles, 'subdir' | 'files'>[],
  context: StageContext,
): Promise<boolean> {
  const notePath = path.join(channelDirectory, 'noarch', '.cache', 'channeldata')
  const lines = await readLines(notePath, format, context)
  const known = new Map(lines.map((line) => [line.slice(0, line.indexOf('\t')), line]))
  const all = subdirs.flatMap(({ subdir, files }) => files.map((file) => ({ subdir, name: file.name, file })))
  const described = [...groupBy(all, ({ name }) => name)]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, files]) => {
      const start = `${toLine(name, files.map(({ subdir, file }) => `${subdir} ${file.sha256}`).join(' '))}\t`
      const last = known.get(name)
      return {
        name,
        start,
        line: last?.startsWith(start) ? last : `${start}${JSON.stringify(describe(files))}`,
      }
    })
  const filled = subdirs.filter(({ files }) => files.length > 0).map(({ subdir }) => subdir)
  const packages = described.map(
    ({ name, start, line }) => `\n${JSON.stringify(name)}:${line.slice(start.length)}`,
  )
  const text = `{"channeldata_version":1,"packages":{${packages.join(',')}},"subdirs":${JSON.stringify(filled.sort())}}\n`
  const isChanged = await replaceForm(channeldataPath(channelDirectory), text, context)
  if (isChanged) await writeLines(notePath, { format, lines: described.map(({ line }) => line) }, context)
  return isChanged
}

const format = 'krait channeldata 2'

export function channeldataPath(channelDirectory: string): string {
  return path.join(channelDirectory, 'channeldata.json')
}

interface DescribedFile {
  readonly subdir: string
  readonly file: IndexedFile
}

/** Texts are those of the newest version; what one of the packages has, the name has. */
function describe(files: readonly DescribedFile[]): object {
  const items = files.map(({ subdir, file }) => ({ subdir, ...toListedFile(file) }))
  const newest = items.reduce((best, item) => (isNewer(item.record, best.record) ? item : best))
  const has = (flag: keyof PackageFacts['flags']) => items.some(({ facts }) => facts?.flags[flag] ?? false)
  const { about } = newest.facts ?? {}
  const runExports = items.flatMap(({ record }) =>
    record.run_exports ? [[record.version, record.run_exports] as const] : [],
  )
  const times = items.map(({ record }) => toSeconds(record.timestamp ?? 0))
  return {
    'activate.d': has('activates'),
    binary_prefix: has('binaryPrefix'),
    'deactivate.d': has('deactivates'),
    description: about?.description ?? null,
    dev_url: about?.dev_url ?? null,
    doc_url: about?.doc_url ?? null,
    home: about?.home ?? null,
    license: newest.record.license ?? null,
    post_link: has('postLink'),
    pre_link: has('preLink'),
    pre_unlink: has('preUnlink'),
    run_exports: Object.fromEntries(runExports),
    source_url: about?.source_url ?? null,
    subdirs: [...new Set(items.map(({ subdir }) => subdir))].sort(),
    summary: about?.summary ?? null,
    text_prefix: has('textPrefix'),
    timestamp: Math.max(...times),
    version: newest.record.version,
  }
}

function isNewer(left: PackageRecord, right: PackageRecord): boolean {
  const order = compareVersions(parseVersion(left.version), parseVersion(right.version))
  if (order !== 0) return order > 0
  if (left.build_number !== right.build_number) return left.build_number > right.build_number
  return (left.timestamp ?? 0) > (right.timestamp ?? 0)
}

/** Old records have seconds already. */
function toSeconds(timestamp: number): number {
  return Math.floor(timestamp > 253_402_300_799 ? timestamp / 1000 : timestamp)
}
