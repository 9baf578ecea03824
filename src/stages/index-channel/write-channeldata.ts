/** Decides what channeldata.json tells about each package name of a channel (CEP 38, spec: package.md 7.5). */

import path from 'node:path'
import { compareVersions, type PackageRecord, parseVersion } from '../../conda/index.js'
import type { StageContext } from '../../system/index.js'
import { groupBy } from '../../text/index.js'
import { stampOf } from './file-stamp.js'
import { readForm } from './form-file.js'
import { toListedFile } from './indexed-file.js'
import type { PackageFacts } from './package-facts.js'
import { readLines, toLine, writeLines } from './remembered-lines.js'
import type { NamedFiles, SubdirFiles } from './subdir-files.js'

/**
 * Writes one line for each package name.
 * @param subdirs all of the channel
 * @returns whether the content changed
 */
export async function writeChanneldata(
  channelDirectory: string,
  subdirs: readonly SubdirFiles[],
  context: StageContext,
): Promise<boolean> {
  const file = channeldataPath(channelDirectory)
  const former = await readForm(file, context)
  const known = former ? await readKnown(channelDirectory, former.toString(), context) : new Map()
  const named = subdirs.flatMap(({ subdir, byName }) => byName.map((own) => ({ ...own, subdir })))
  const described = [...groupBy(named, ({ name }) => name)]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, parts]) => {
      const key = toLine(name, ...parts.map((part) => `${part.subdir} ${part.key}`))
      return { key, line: known.get(key) ?? `${JSON.stringify(name)}:${JSON.stringify(describe(parts))}` }
    })
  const filled = subdirs.filter(({ files }) => files.length > 0).map(({ subdir }) => subdir)
  const lines = described.map(({ line }) => line)
  const content = Buffer.from(
    `${start}${lines.join(separator)}${end}"subdirs":${JSON.stringify(filled.sort())}}\n`,
  )
  const isChanged = !former?.equals(content)
  if (isChanged) await context.system.fs.writeFileAtomic(file, content)
  if (isChanged || known.size !== described.length) await writeKnown(channelDirectory, described, context)
  return isChanged
}

const start = '{"channeldata_version":1,"packages":{\n'
const separator = ',\n'
const end = '\n},'

/** The lines of the channeldata.json that is there, by what they were made of; none when somebody else wrote it. */
async function readKnown(
  channelDirectory: string,
  text: string,
  context: StageContext,
): Promise<ReadonlyMap<string, string>> {
  const [stamp, ...keys] = await readLines(notePath(channelDirectory), format, context)
  if (stamp === undefined || stamp !== (await stampOfForm(channelDirectory, context))) return new Map()
  const lines = text.slice(start.length, text.lastIndexOf(end)).split(separator)
  return new Map(keys.map((key, at) => [key, lines[at] ?? '']))
}

/** The lines themselves are in channeldata.json. */
async function writeKnown(
  channelDirectory: string,
  described: readonly { readonly key: string }[],
  context: StageContext,
): Promise<void> {
  const lines = [await stampOfForm(channelDirectory, context), ...described.map(({ key }) => key)]
  await writeLines(notePath(channelDirectory), { format, lines }, context)
}

async function stampOfForm(channelDirectory: string, { system }: StageContext): Promise<string> {
  const info = await system.fs.stat(channeldataPath(channelDirectory))
  return info ? stampOf(info) : ''
}

const format = 'krait channeldata 3'
const notePath = (channelDirectory: string) => path.join(channelDirectory, 'noarch', '.cache', 'channeldata')

export function channeldataPath(channelDirectory: string): string {
  return path.join(channelDirectory, 'channeldata.json')
}

interface DescribedFiles extends NamedFiles {
  readonly subdir: string
}

/** Texts are those of the newest version; what one of the packages has, the name has. */
function describe(parts: readonly DescribedFiles[]): object {
  const items = parts.flatMap(({ subdir, files }) => files.map((file) => ({ subdir, ...toListedFile(file) })))
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
