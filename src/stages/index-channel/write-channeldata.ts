/** Decides what channeldata.json tells about each package name of a channel (CEP 38, spec: package.md 7.5). */

import path from 'node:path'
import { compareVersions, type PackageRecord, parseVersion } from '../../conda/index.js'
import { type FileInfo, type StageContext, stampOf } from '../../system/index.js'
import { groupBy } from '../../text/index.js'
import { readForm } from './form-file.js'
import { concatBytes } from './join-bytes.js'
import type { PackageFacts } from './package-facts.js'
import { readLines, toLine, writeLines } from './remembered-lines.js'
import { replaceLines } from './sorted-lines.js'
import { countPackages, packagesNamed, type SubdirContent } from './subdir-content.js'
import type { ListedFile } from './types.js'

export interface ChanneldataRequest {
  readonly channelDirectory: string
  /** All of the channel. */
  readonly subdirs: readonly SubdirContent[]
  /** Describes every name anew. */
  readonly force?: boolean | undefined
}

/** Writes one line for each package name. @returns whether the content changed */
export async function writeChanneldata(
  { channelDirectory, subdirs, force }: ChanneldataRequest,
  context: StageContext,
): Promise<boolean> {
  const file = channeldataPath(channelDirectory)
  const info = await context.system.fs.stat(file)
  const madeOf = info && !force ? await readMadeOf(channelDirectory, info, context) : undefined
  const to = stateOf(subdirs, 'to')
  if (madeOf === to) return false
  const former = info && (await readForm(file, context))
  // Without knowing what the former one was made of, every name is described anew.
  const isFollowed = former !== undefined && madeOf === stateOf(subdirs, 'from')
  const changed = isFollowed ? namesOf(subdirs) : undefined
  const made = describeNames([...subdirs].sort(byPlace), changed)
  const lines = replaceLines(isFollowed ? linesOf(former) : Buffer.of(), changed ?? made.keys(), made)
  const filled = subdirs.filter(({ pages }) => countPackages(pages) > 0).map(({ subdir }) => subdir)
  const content = concatBytes([start, ...lines, end, `"subdirs":${JSON.stringify(filled.sort())}}\n`])
  const isChanged = !former?.equals(content)
  if (isChanged) await context.system.fs.writeFileAtomic(file, content)
  await writeMadeOf(channelDirectory, to, context)
  return isChanged
}

/** As all are indexed together, so that it does not matter which of them was indexed last. */
function byPlace({ subdir: left }: SubdirContent, { subdir: right }: SubdirContent): number {
  if (left === 'noarch' || right === 'noarch') return left === 'noarch' ? -1 : 1
  return left < right ? -1 : 1
}

function stateOf(subdirs: readonly SubdirContent[], when: 'from' | 'to'): string {
  return subdirs
    .map(({ subdir, changes }) => toLine(subdir, changes[when]))
    .sort()
    .join('\t')
}

function namesOf(subdirs: readonly SubdirContent[]): ReadonlySet<string> {
  return new Set(subdirs.flatMap(({ changes }) => [...changes.names]))
}

const start = '{"channeldata_version":1,"packages":{\n'
const end = '\n},'

function linesOf(text: Buffer): Buffer {
  return text.subarray(start.length, text.lastIndexOf(end))
}

/** The state of the subdirs that the channeldata.json was made of; undefined when somebody else wrote it. */
async function readMadeOf(
  channelDirectory: string,
  info: FileInfo,
  context: StageContext,
): Promise<string | undefined> {
  const [stamp, madeOf] = await readLines(notePath(channelDirectory), format, context)
  return stamp?.toString() === stampOf(info) ? madeOf?.toString() : undefined
}

async function writeMadeOf(channelDirectory: string, state: string, context: StageContext): Promise<void> {
  const info = await context.system.fs.stat(channeldataPath(channelDirectory))
  const lines = info ? [stampOf(info), state] : []
  await writeLines(notePath(channelDirectory), { format, lines }, context)
}

const format = 'krait channeldata 3'
const notePath = (channelDirectory: string) => path.join(channelDirectory, 'noarch', '.cache', 'channeldata')

export function channeldataPath(channelDirectory: string): string {
  return path.join(channelDirectory, 'channeldata.json')
}

/** JSON by name. */
function describeNames(
  subdirs: readonly SubdirContent[],
  names: ReadonlySet<string> | undefined,
): ReadonlyMap<string, string> {
  const items = subdirs.flatMap(({ subdir, pages }) =>
    packagesNamed(pages, names).map((file) => ({ subdir, ...file })),
  )
  const groups = [...groupBy(items, ({ record }) => record.name)]
  return new Map(groups.map(([name, own]) => [name, JSON.stringify(describe(own))]))
}

interface PlacedFile extends ListedFile {
  readonly subdir: string
}

/** Texts are those of the newest version; what one of the packages has, the name has. */
function describe(items: readonly PlacedFile[]): object {
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
